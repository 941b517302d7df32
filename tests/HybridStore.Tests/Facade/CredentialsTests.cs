using HybridStore.Tests.Support;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>Saving credentials, which clients do on every update and never wait for.</summary>
public sealed class CredentialsTests : IAsyncDisposable
{
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Fact]
    public async Task Saves_while_one_is_under_way_become_one_and_the_last_wins()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        var first = session.SaveCredentialsAsync(Json(new { n = 0 }), Cancel);
        await gate.Reached;

        var others = Enumerable.Range(1, 99).Select(n => session.SaveCredentialsAsync(Json(new { n }), Cancel)).ToArray();
        gate.Open();

        Assert.Equal(1, (await first).Version);
        Assert.All(await Task.WhenAll(others), r => Assert.Equal(2, r.Version));
        Assert.Equal(2, cold.Commits);
        Assert.Equal(Json(new { n = 99 }), (await session.GetCredentialsAsync(Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_patch_with_credentials_comes_after_those_saved_before_it()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        var saved = session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel);
        await gate.Reached;
        var later = session.SaveCredentialsAsync(Json(new { n = 2 }), Cancel);

        var committed = session.CommitAsync(new AuthPatch().Set(AuthKey.Creds, Json(new { n = 3 })), Cancel).AsTask();
        gate.Open();

        Assert.Equal([1, 2, 3], (await Task.WhenAll(saved, later, committed)).Select(r => r.Version));
        Assert.Equal(Json(new { n = 3 }), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Closing_waits_for_what_was_saved()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        _ = session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel);
        await gate.Reached;
        _ = session.SaveCredentialsAsync(Json(new { n = 2 }), Cancel);

        var closing = session.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        gate.Open();
        await closing;

        Assert.Equal(Json(new { n = 2 }), (await _fixture.Open().Store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_failure_is_told_and_tried_again_when_the_session_is_closed()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel));

        cold.OnCommit = null;
        await session.DisposeAsync();

        Assert.Equal(Json(new { n = 1 }), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_failure_that_lasts_is_thrown_when_the_session_is_closed_and_the_lease_is_given_back()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await session.DisposeAsync());

        await using var next = await _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero).Store.OpenAsync(Session, Cancel);
        Assert.True(next.HoldsLease);
    }

    [Fact]
    public async Task Closing_does_not_put_credentials_that_failed_over_later_ones()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel));
        cold.OnCommit = null;
        await session.CommitAsync(new AuthPatch().Set(AuthKey.Creds, Json(new { n = 2 })), Cancel);

        await session.DisposeAsync();

        Assert.Equal(Json(new { n = 2 }), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task A_later_save_replaces_one_that_failed()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        cold.OnCommit = _ => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel));
        cold.OnCommit = null;
        Assert.Equal(1, (await session.SaveCredentialsAsync(Json(new { n = 2 }), Cancel)).Version);
        var commits = cold.Commits;

        await session.DisposeAsync();

        Assert.Equal(commits, cold.Commits);
        Assert.Equal(Json(new { n = 2 }), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task An_unknown_outcome_is_repeated()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var failures = 2;
        cold.AfterCommit = c =>
        {
            if (failures-- > 0)
                throw new CommitOutcomeUnknownException(c.Session, c.Patches[^1].CommitId);
        };

        Assert.Equal(1, (await session.SaveCredentialsAsync(Json(new { n = 1 }), Cancel)).Version);
    }

    [Fact]
    public async Task Cancelling_the_wait_does_not_cancel_the_save()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        using var cancel = new CancellationTokenSource();
        var saved = session.SaveCredentialsAsync(Json(new { n = 1 }), cancel.Token);
        await gate.Reached;

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saved);
        gate.Open();
        await session.DisposeAsync();

        Assert.Equal(Json(new { n = 1 }), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Too_large_ones_are_refused_where_they_are_given()
    {
        await using var session = await _fixture.Open().Store.OpenAsync(Session, Cancel);

        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await session.SaveCredentialsAsync(new byte[AuthLimits.MaxValueBytes + 1], Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
