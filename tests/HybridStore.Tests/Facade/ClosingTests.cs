using HybridStore.Tests.Support;

namespace HybridStore.Tests.Facade;

/// <summary>What is still under way when a handle, or the store below it, is closed.</summary>
public sealed class ClosingTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");

    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuthSessionId Session => _fixture.Session;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_lease_is_not_given_back_before_a_commit_under_it_has_ended()
    {
        var (store, cold, _) = _fixture.Open(withHot: false);
        var session = await store.OpenAsync(Session, Cancel);
        using var goOn = new ManualResetEventSlim();
        cold.OnCommit = _ => goOn.Wait(Cancel);
        var commit = Task.Run(() => session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel).AsTask(), Cancel);
        while (cold.Commits == 0)
            await Task.Yield();

        var closing = session.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        goOn.Set();
        await closing;

        Assert.Equal(1, (await commit).Version);
    }

    [Fact]
    public async Task A_store_that_is_disposed_of_first_saves_the_credentials_of_open_sessions_and_gives_their_leases_back()
    {
        var (store, _, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        var saves = Enumerable.Range(1, 20).Select(i => session.SaveCredentialsAsync(new[] { (byte)i }, Cancel)).ToList();

        await store.DisposeAsync();

        await Task.WhenAll(saves);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.GetAsync(A, Cancel));
        Assert.False(session.LeaseLost.IsCancellationRequested);
        var (next, _, _) = _fixture.Open();
        await using var reopened = await next.OpenAsync(Session, Cancel);
        Assert.Equal([20], (await reopened.GetCredentialsAsync(Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Of_parts_side_by_side_the_one_that_fails_takes_back_its_own_writes_only()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);
        var written = new TaskCompletionSource();

        await session.TransactionAsync(
            async (transaction, _) =>
            {
                var good = transaction.TransactionAsync(
                    async (part, cancel) =>
                    {
                        await written.Task;
                        part.Set("session", "good", new byte[] { 1 });
                    },
                    Cancel).AsTask();
                var bad = transaction.TransactionAsync(
                    async (part, cancel) =>
                    {
                        part.Set("session", "bad", new byte[] { 2 });
                        written.SetResult();
                        await good;
                        throw new InvalidDataException();
                    },
                    Cancel).AsTask();
                await Assert.ThrowsAsync<InvalidDataException>(() => bad);
                Assert.NotNull(await transaction.GetAsync("session", "good", Cancel));
                Assert.Null(await transaction.GetAsync("session", "bad", Cancel));
            },
            Cancel);

        var records = await session.GetAsync("session", ["good", "bad"], Cancel);
        Assert.Equal([true, false], records.Select(r => r.Exists));
    }
}
