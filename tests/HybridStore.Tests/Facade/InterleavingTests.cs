using HybridStore.Tests.Support;

namespace HybridStore.Tests.Facade;

/// <summary>Interleavings that the simulator found to break a promise, by name.</summary>
public sealed class InterleavingTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");

    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuthSessionId Session => _fixture.Session;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_read_under_way_does_not_lose_the_keys_that_a_commit_of_the_same_process_forgets()
    {
        var (one, cold, _) = _fixture.Open(withHot: false);
        var (two, _, _) = _fixture.Open(withHot: false);
        using var created = new ManualResetEventSlim();
        cold.OnCommit = _ => created.Wait(Cancel);
        var late = Task.Run(() => one.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 2 }), Cancel).AsTask(), Cancel);
        while (cold.Commits == 0)
            await Task.Yield();

        // Its data key is not the session's any more: another process has made the session meanwhile, and this one knows it.
        await two.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        Assert.True((await one.GetAsync(Session, A, Cancel)).Exists);

        var answered = new TaskCompletionSource();
        var forgotten = new TaskCompletionSource();
        Task<AuthRecord>? read = null;
        var nth = 0;
        cold.AfterRead = () =>
        {
            if (++nth == 1)
            {
                answered.SetResult();
                return forgotten.Task;
            }

            // The commit asks for the session's keys now: it has dropped those that were known. The read goes on first.
            forgotten.TrySetResult();
            return read!.ContinueWith(static _ => { }, TaskScheduler.Default);
        };
        read = Task.Run(() => one.GetAsync(Session, A, Cancel).AsTask(), Cancel);
        await answered.Task;
        created.Set();

        Assert.Equal([1], (await read).Value.ToArray());
        Assert.Equal(2, (await late).Version);
    }

    [Fact]
    public async Task A_commit_that_began_without_the_lease_is_seen_by_the_holder_of_the_same_process()
    {
        var (store, cold, _) = _fixture.Open(withHot: false);
        var (other, _, _) = _fixture.Open(withHot: false);
        using var deleted = new ManualResetEventSlim();
        cold.OnCommit = _ => deleted.Wait(Cancel);
        var early = Task.Run(() => store.CommitAsync(Session, new AuthPatch().Set(B, new byte[] { 2 }), Cancel).AsTask(), Cancel);
        while (cold.Commits == 0)
            await Task.Yield();

        // The lease would fence the commit; its deletion by somebody else, of which the holder does not know yet, lets it pass.
        await using var session = await store.OpenAsync(Session, Cancel);
        Assert.False((await session.GetAsync(B, Cancel)).Exists);
        await other.DeleteSessionAsync(Session, Cancel);
        deleted.Set();
        Assert.Equal(1, (await early).Version);

        Assert.True((await session.GetAsync(B, Cancel)).Exists);
    }
}
