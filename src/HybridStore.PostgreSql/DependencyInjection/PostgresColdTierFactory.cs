namespace HybridStore.PostgreSql;

/// <summary>The same for <c>postgres://…</c>, as many hosts write it.</summary>
public sealed class PostgresColdTierFactory : PostgreSqlColdTierFactory
{
    /// <inheritdoc/>
    public override string Scheme => "postgres";
}
