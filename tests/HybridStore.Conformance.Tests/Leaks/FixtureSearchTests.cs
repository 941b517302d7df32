using HybridStore.Conformance.Stores;
using Xunit.Sdk;

namespace HybridStore.Conformance.Tests.Leaks;

/// <summary>The fixtures of stores find what a store or its storage shows.</summary>
public sealed class FixtureSearchTests
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly byte[] Value = "a-value-that-nobody-may-see"u8.ToArray();

    [Fact]
    public async Task Search_SoundStore_FindsNothing()
    {
        await using var fixture = new SqliteStoreFixture();
        var store = (await fixture.OpenAsync()).Store;
        await store.CommitAsync(Session, new AuthPatch().Set("a", "b", Value), TestContext.Current.CancellationToken);

        await fixture.SearchAsync();

        Assert.True(fixture.Watch.Detector.Count > 0);
        Assert.True(fixture.Watch.Detector.SearchedBytes > 4096);
    }

    [Fact]
    public async Task Search_PlaintextInTheDatabase_IsFound()
    {
        await using var fixture = new LeakySqliteFixture();
        var store = (await fixture.OpenAsync()).Store;
        await store.CommitAsync(Session, new AuthPatch().Set("a", "b", Value), TestContext.Current.CancellationToken);
        fixture.Plant(Value);

        var failure = await Assert.ThrowsAsync<FailException>(async () => await fixture.SearchAsync());

        Assert.Contains("planted.db-wal shows a value that was written", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ValueCommittedThroughAHandle_IsKnownToo()
    {
        await using var fixture = new LeakySqliteFixture();
        var store = (await fixture.OpenAsync()).Store;
        await using (var handle = await store.OpenAsync(Session, TestContext.Current.CancellationToken))
            await handle.CommitAsync(new AuthPatch().Set("a", "b", Value), TestContext.Current.CancellationToken);
        fixture.Plant(Value);

        var failure = await Assert.ThrowsAsync<FailException>(async () => await fixture.SearchAsync());

        Assert.Contains("a value that was sealed", failure.Message, StringComparison.Ordinal);
    }

    private sealed class LeakySqliteFixture : SqliteStoreFixture
    {
        private byte[] _planted = [];

        public void Plant(byte[] bytes) => _planted = [.. new byte[1001], .. bytes, .. new byte[1001]];

        protected override IAsyncEnumerable<StoreDump> DumpAsync() =>
            base.DumpAsync().Concat(((StoreDump[])[new StoreDump("planted.db-wal", _planted)]).ToAsyncEnumerable());
    }
}
