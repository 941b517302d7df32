namespace HybridStore.Cli.Reports;

/// <summary>A record's two names.</summary>
internal sealed record RecordName(string Type, string Id)
{
    public static RecordName Of(AuthKey key) => new(key.Type, key.Id);
}
