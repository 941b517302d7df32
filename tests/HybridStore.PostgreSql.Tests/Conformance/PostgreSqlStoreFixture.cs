using HybridStore.Conformance.Stores;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests.Conformance;

/// <summary>The store over PostgreSQL alone.</summary>
public sealed class PostgreSqlStoreFixture : HybridAuthStoreFixture
{
    private readonly TestSchema _schema = new();
    private int _opened;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_opened > 0)
            await _schema.DisposeAsync();
    }

    protected override IAsyncEnumerable<StoreDump> DumpAsync() => _opened > 0 ? _schema.DumpAsync() : base.DumpAsync();

    protected override async ValueTask<IColdTier> OpenColdAsync() =>
        new PostgreSqlColdTier(await SharedServer.SourceAsync(_opened++), isShared: true, _schema.Options, TimeProvider.System, Watch.Logger<PostgreSqlColdTier>(), Clock);
}
