using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Conformance;

/// <summary>The same through PgBouncer in transaction mode.</summary>
public sealed class BouncedColdFixture : PostgreSqlColdFixture
{
    private protected override ValueTask<NpgsqlDataSource> SourceAsync(int number) => SharedBouncer.SourceAsync(number);
}
