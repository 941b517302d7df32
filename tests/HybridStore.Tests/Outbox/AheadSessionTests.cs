using HybridStore.Conformance;
using HybridStore.InMemory;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>A session whose holder left something queued is found, listed and summed up, and each says that cold may not have all of it.</summary>
public sealed class AheadSessionTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task FindSession_DeadHolderLeftQueuedCommits_FindsItWhereHotIsAndSaysAhead()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();

        var found = await other.Store.FindSessionAsync(_fixture.Session, Cancel);

        Assert.NotNull(found);
        Assert.True(found.MayBeAhead);
        Assert.Equal(3, found.Version);
        Assert.Equal(1, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task FindSession_DeadHolderLeftQueuedCommitsAndHotIsDown_SaysWhatColdKnowsAndAhead()
    {
        await QueueAndVanishAsync();
        _fixture.Server.IsDown = true;
        var other = _fixture.Start();

        var found = await other.Store.FindSessionAsync(_fixture.Session, Cancel);

        Assert.Equal((1, true), (found!.Version, found.MayBeAhead));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.WhileTimePassesAsync(other.Store.GetAsync(_fixture.Session, A, Cancel)));
    }

    [Fact]
    public async Task FindSession_HotWasSeenFurtherAndIsDownNow_DoesNotGoBack()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();
        Assert.Equal([3], (await other.Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        _fixture.Server.IsDown = true;

        var found = await other.Store.FindSessionAsync(_fixture.Session, Cancel);
        var summary = await other.Store.SummarizeAsync(_fixture.Session, Cancel);
        var listed = Assert.Single(await other.Store.ListSessionsAsync(cancellationToken: Cancel).ToListAsync(Cancel));

        Assert.All([found!, summary.Session, listed], s => Assert.Equal((3, true), (s.Version, s.MayBeAhead)));
    }

    [Fact]
    public async Task FindSession_DeletedHereWhileHotIsAsked_IsNotFoundWhereItWasBefore()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();
        Assert.Equal([3], (await other.Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        var isFirst = 1;
        _fixture.Server.OnRequest = async o =>
        {
            if (o != TierOperation.Read || Interlocked.Exchange(ref isFirst, 0) == 0)
                return;
            await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
            throw new StoreUnavailableException("model", "cut");
        };

        // Cold was at 1, and this process has seen 3, and then the end.
        Assert.Null(await other.Store.FindSessionAsync(_fixture.Session, Cancel));
        Assert.Equal(0, isFirst);
    }

    [Fact]
    public async Task Summarize_DeadHolderLeftQueuedCommits_CountsWhatColdHasAndSaysAhead()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();

        var summary = await other.Store.SummarizeAsync(_fixture.Session, Cancel);

        Assert.True(summary.Session.MayBeAhead);
        Assert.Equal(3, summary.Session.Version);
        Assert.Equal(2, Assert.Single(summary.Types).Records);
    }

    [Fact]
    public async Task ListSessions_DeadHolderLeftQueuedCommits_SaysAheadOfThatOneOnly()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();
        await other.Store.CommitAsync(new AuthSessionId("clinic", "other"), Put(A, 1), Cancel);

        var listed = await other.Store.ListSessionsAsync(cancellationToken: Cancel).ToListAsync(Cancel);

        Assert.Equal([("other", false), ("reception", true)], listed.Select(s => (s.Id.Session, s.MayBeAhead)));
    }

    [Fact]
    public async Task FindSession_WhatWasLeftIsDrained_IsNotAheadAnyMore()
    {
        await QueueAndVanishAsync();
        var other = _fixture.Start();
        await (await other.Store.OpenAsync(_fixture.Session, Cancel)).DisposeAsync();

        var found = await other.Store.FindSessionAsync(_fixture.Session, Cancel);

        Assert.Equal((3, false), (found!.Version, found.MayBeAhead));
    }

    [Fact]
    public async Task FindSession_HolderHasDrained_IsNotAheadForAnybodyWhoCanAskHot()
    {
        var (process, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await _fixture.UntilColdIsAtAsync(2);
        await session.CommitAsync(Put(B, 2).Require(Durability.Persisted), Cancel);
        var other = _fixture.Start();

        Assert.Equal((3, false), Told(await process.Store.FindSessionAsync(_fixture.Session, Cancel)));
        Assert.Equal((3, false), Told(await other.Store.FindSessionAsync(_fixture.Session, Cancel)));
        _fixture.Server.IsDown = true;
        Assert.Equal((3, true), Told(await _fixture.Start().Store.FindSessionAsync(_fixture.Session, Cancel)));
    }

    [Fact]
    public async Task FindSession_ParkedHere_FindsItWhereItIsAndSaysAhead()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxTries = 1);
        process.Cold.Probe.Before = o => o == TierOperation.Commit ? throw new StoreUnusableException("memory", StoreUnusableReason.Damaged, "It does not like it.") : Task.CompletedTask;
        await session.CommitAsync(Queued(A, 2), Cancel);
        await _fixture.UntilParkedAsync(process);

        var found = await process.Store.FindSessionAsync(_fixture.Session, Cancel);
        var summary = await process.Store.SummarizeAsync(_fixture.Session, Cancel);

        Assert.Equal((2, true), Told(found));
        Assert.Equal((2, true), Told(summary.Session));
        await Assert.ThrowsAsync<OutboxParkedException>(async () => await process.Store.EnumerateAsync(_fixture.Session, cancellationToken: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task FindSession_ColdCatchesUpWhileItIsAsked_GivesTheVersionThatIsComplete()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var other = _fixture.Start();
        var asked = false;
        other.Cold.OnAnswer = read =>
        {
            // What it answers is from before the holder drains; hot, which is asked next, says that nothing is left.
            if (!asked)
            {
                asked = true;
                process.FindCold();
                Assert.Equal(3, session.CommitAsync(Put(B, 2).Require(Durability.Persisted), Cancel).AsTask().GetAwaiter().GetResult().Version);
            }

            return read;
        };

        Assert.Equal((3, false), Told(await _fixture.WhileTimePassesAsync(other.Store.FindSessionAsync(_fixture.Session, Cancel))));
    }

    [Fact]
    public async Task Summarize_ColdWentBack_IsATypedError()
    {
        await using var older = new InMemoryColdTier(_fixture.Clock);
        var process = _fixture.Start();
        var newer = process.Cold.Inner;
        process.Cold.Inner = older;
        await process.Store.CommitAsync(_fixture.Session, Put(A, 1), Cancel);
        process.Cold.Inner = newer;
        var other = _fixture.Start();
        await other.Store.CommitAsync(_fixture.Session, Put(A, 1), Cancel);
        await other.Store.CommitAsync(_fixture.Session, Put(A, 2), Cancel);
        other.Cold.Inner = older;

        var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await other.Store.SummarizeAsync(_fixture.Session, Cancel));
        Assert.Equal((2, 1), (e.SeenVersion, e.ColdVersion));
        await older.DeleteSessionAsync(_fixture.Session, Cancel);
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await other.Store.SummarizeAsync(_fixture.Session, Cancel));
    }

    [Fact]
    public async Task Summarize_ColdLostTheSession_IsNoSessionThatNeverWas()
    {
        await using var empty = new InMemoryColdTier(_fixture.Clock);
        var process = _fixture.Start();
        await process.Store.CommitAsync(_fixture.Session, Put(A, 1), Cancel);
        process.Cold.Inner = empty;

        var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await process.Store.SummarizeAsync(_fixture.Session, Cancel));
        Assert.Equal((1, 0), (e.SeenVersion, e.ColdVersion));
    }

    private static (long Version, bool MayBeAhead) Told(AuthSessionInfo? found) => (found!.Version, found.MayBeAhead);

    private async Task QueueAndVanishAsync()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.CommitAsync(Queued(A, 3), Cancel);
        _fixture.PassLease();
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
