using HybridStore.Codec;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>What a person is shown of what waits.</summary>
public sealed class AuthOutboxTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task Show_CountsWhatWaitsOnly_AndSumsUpEachEntryByType()
    {
        var (process, session) = await _fixture.OpenAsync();
        await DrainOneAsync(session);
        process.LoseCold();
        var patch = new AuthPatch().Set(A, new byte[10]).Set(B, new byte[300]).Set(Mapping, new byte[20]).Delete(new AuthKey("lid-mapping", "gone")).Require(Durability.Queued);
        var first = await session.CommitAsync(patch, Cancel);
        var second = await session.CommitAsync(Queued(A, 3), Cancel);

        var shown = (await _fixture.Start().Store.Outbox.ShowAsync(_fixture.Session, Cancel))!;
        var held = await _fixture.Server.Connect().Outbox.ReadAsync(_fixture.Session, first.Version - 1, 10, Cancel);

        Assert.Equal([first.Version, second.Version], shown.Entries.Select(static e => e.Version).TakeLast(2));
        Assert.Equal(shown.Entries.Count, shown.Waiting);
        var entry = shown.Entries[^2];
        var sizes = held[0].Patch.Changes.ToDictionary(static c => c.Key, static c => c.Envelope?.Length ?? 0);
        Assert.Equal(4, sizes.Count);
        Assert.Equal((first.CommitId, 1), (entry.CommitId, entry.Commits));
        Assert.Equal(sizes[A] + sizes[B] + sizes[Mapping], entry.Bytes);
        Assert.True(entry.Bytes > 330);
        Assert.Equal(new AuthTypeSummary("session", 2, sizes[A] + sizes[B]), entry.Types.Single(static t => t.Type == "session"));
        Assert.Equal(new AuthTypeSummary("lid-mapping", 2, sizes[Mapping]), entry.Types.Single(static t => t.Type == "lid-mapping"));
    }

    [Fact]
    public async Task List_WhatColdHasAndHotWasNotTold_DoesNotWait()
    {
        var (process, session) = await _fixture.OpenAsync();
        var drained = await DrainOneAsync(session);
        Assert.False((await _fixture.OutboxAsync())!.IsEmpty);
        Assert.Equal((drained, 0L), await ListedAsync());

        process.LoseCold();
        await session.CommitAsync(Queued(A, 3), Cancel);
        await session.CommitAsync(Queued(A, 4), Cancel);
        Assert.Equal((drained, 2L), await ListedAsync());
    }

    [Fact]
    public async Task List_HotLostIt_SaysThatItDoesNotKnow()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 3), Cancel);
        _fixture.Server.Flush();

        Assert.Equal((1L, null), await ListedAsync());
        Assert.Null(await _fixture.Start().Store.Outbox.ShowAsync(_fixture.Session, Cancel));
    }

    [Fact]
    public async Task List_WhatHotHasIsOfAFormerLife_IsCountedAsHotHasIt()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 3), Cancel);
        await session.CommitAsync(Queued(A, 4), Cancel);

        // Deleted, and begun again under a lease by somebody who does not reach hot: as many versions, of other commits.
        await _fixture.RealCold.DeleteSessionAsync(_fixture.Session, Cancel);
        var grant = await _fixture.RealCold.Leases.AcquireAsync(new LeaseRequest(_fixture.Session, "other", TimeSpan.FromSeconds(30), MayQueue: true), Cancel);
        for (var i = 0; i < 4; i++)
        {
            var commit = new ColdCommit
            {
                Session = _fixture.Session,
                Incarnation = 2,
                Epoch = grant.Epoch,
                SealedWith = DrainFixture.Key.Id,
                NewDataKey = i == 0 ? DrainFixture.Key : null,
                Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [] }],
            };
            Assert.Equal(ColdCommitStatus.Committed, (await _fixture.RealCold.CommitAsync(commit, Cancel)).Status);
        }

        Assert.Equal((4L, 2L), await ListedAsync());
    }

    [Fact]
    public async Task WithoutHot_NothingIsKnownOfWhatWaits()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 3), Cancel);
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        await using var cold = new HybridStore.Conformance.FaultyColdTier(_fixture.RealCold, disposesInner: false);
        await using var store = new HybridAuthStore(cold, hot: null, options, _fixture.Clock);

        var listed = Assert.Single(await store.Outbox.ListAsync(Cancel).ToListAsync(Cancel));
        Assert.Equal((1L, null, null), (listed.ColdVersion, listed.Waiting, listed.Parked));
        Assert.Null(await store.Outbox.ShowAsync(_fixture.Session, Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private async Task<long> DrainOneAsync(AuthSession session)
    {
        var receipt = await session.CommitAsync(Queued(A, 2), Cancel);
        await _fixture.UntilColdIsAtAsync(receipt.Version);
        return receipt.Version;
    }

    private async Task<(long Cold, long? Waiting)> ListedAsync()
    {
        var listed = Assert.Single(await _fixture.Start().Store.Outbox.ListAsync(Cancel).ToListAsync(Cancel));
        return (listed.ColdVersion, listed.Waiting);
    }
}
