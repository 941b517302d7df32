namespace HybridStore.Cli.Reports;

/// <summary>A copy that may outlive an erasure.</summary>
internal sealed record RemainingCopyReport(string Kind, DateTimeOffset? Until, bool CanBeOpened, string What)
{
    public static RemainingCopyReport Of(RemainingCopy copy) => new(Failure.CamelCase(copy.Kind.ToString()), copy.Until, copy.CanBeOpened, copy.What);
}
