namespace HybridStore.Conformance.Stores;

/// <summary>A session that is created whole.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
[Promise(3)]
public abstract class StoreImportContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>What was imported is there as version 1, and can be committed to.</summary>
    [Fact]
    [Promise(2)]
    public async Task Import_Session_IsThereAsVersion1()
    {
        var info = await Store.ImportAsync(Session, Many(2_000), Cancel);

        Assert.Equal((Session, 1, 1), (info.Id, info.Incarnation, info.Version));
        foreach (var store in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            var records = await ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel));
            Assert.Equal(2_000, records.Count);
            Assert.All(records, (r, i) => Assert.True(r.Version == 1 && r.Value.Span.SequenceEqual(Sample.Noise(i % 200, i)), r.Key.Id));
        }

        Assert.Equal(2, (await CommitAsync(Set(A, 3))).Version);
    }

    /// <summary>A session that exists is refused and not touched.</summary>
    [Fact]
    [Promise(12)]
    public async Task Import_SessionExists_IsRefused()
    {
        await CommitAsync(Set(A, 1));
        var before = await StateAsync();

        Assert.Equal(1, (await Assert.ThrowsAsync<SessionExistsException>(async () => await Store.ImportAsync(Session, Entries((A, [2])), Cancel))).Version);

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A stream that fails leaves nothing, and its exception comes as it was.</summary>
    /// <param name="count">How many records come before.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    public async Task Import_StreamThrows_LeavesNothing(int count)
    {
        var failure = new FormatException("the third file");
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await Store.ImportAsync(Session, Many(count, failure), Cancel)));

        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
        Assert.Null(await ValueAsync(new AuthKey("pre-key", "000000")));
        Assert.Equal(1, (await Store.ImportAsync(Session, Entries((A, [2])), Cancel)).Version);
    }

    /// <summary>Records that no store takes are refused, and nothing is imported.</summary>
    [Fact]
    [Promise(12)]
    public async Task Import_BadRecords_AreRefused()
    {
        await RefusedAsync(AuthInputFault.Duplicate, Entries((A, [1]), (B, [1]), (A, [2])));
        await RefusedAsync(AuthInputFault.TooLong, Entries((B, [1]), (A, new byte[AuthLimits.MaxValueBytes + 1])));
        await RefusedAsync(AuthInputFault.Empty, Entries((A, [1]), (default, [1])));
        await RefusedAsync(AuthInputFault.Empty, Entries());
    }

    /// <summary>Half-way nobody sees any of it; cancelled, there is nothing of it.</summary>
    [Fact]
    public async Task Import_CancelledHalfWay_WasNeverSeenAndLeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var importing = Store.ImportAsync(Session, StopAfter(500, half), cancellation.Token).AsTask();
        await half.Task;
        var other = (await Fixture.OpenAsync()).Store;
        Assert.Null(await other.FindSessionAsync(Session, Cancel));
        Assert.Empty(await ToListAsync(other.EnumerateAsync(Session, cancellationToken: Cancel)));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => importing);
        Assert.Null(await other.FindSessionAsync(Session, Cancel));
        Assert.Equal(1, (await CommitAsync(Set(A, 1))).Version);
    }

    /// <summary>After a deletion, an import is the next life.</summary>
    [Fact]
    [Promise(5)]
    public async Task Import_AfterADeletion_IsTheNextLife()
    {
        await CommitAsync(Set(A, 1));
        await Store.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(2, (await Store.ImportAsync(Session, Entries((B, [2])), Cancel)).Incarnation);
        Assert.Null(await ValueAsync(A));
        Assert.Equal([2], await ValueAsync(B));
    }

    private static async IAsyncEnumerable<AuthEntry> Many(int count, Exception? then = null)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
            yield return new AuthEntry(new AuthKey("pre-key", $"{i:D6}"), Sample.Noise(i % 200, i));
        if (then is not null)
            throw then;
    }

    private static async IAsyncEnumerable<AuthEntry> StopAfter(
        int count, TaskCompletionSource half, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var entry in Many(count).WithCancellation(cancellationToken))
            yield return entry;
        half.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private async Task RefusedAsync(AuthInputFault fault, IAsyncEnumerable<AuthEntry> entries)
    {
        Assert.Equal(fault, (await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await Store.ImportAsync(Session, entries, Cancel))).Fault);
        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
    }
}
