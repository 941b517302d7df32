namespace HybridStore.Conformance.Stores;

/// <summary>Commits: kept, all or nothing, repeatable, under conditions.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreCommitContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Versions count commits, and a record carries the one that wrote it.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commit_Acknowledged_IsKeptUnderItsVersion()
    {
        var first = await CommitAsync(Set(A, 1));
        var second = await CommitAsync(Set(B, 2));

        Assert.Equal((1, 1, CommitOutcome.Persisted, false), (first.Incarnation, first.Version, first.Outcome, first.IsRepeat));
        Assert.Equal(2, second.Version);
        var set = await (await Fixture.OpenAsync()).Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([1, 2], set.Select(r => r.Version));
        Assert.Equal(2, set.SessionVersion);
    }

    /// <summary>The last word on a key wins; deleting what is not there is no fault.</summary>
    [Fact]
    public async Task Commit_SetsAndDeletes_AreAllMade()
    {
        await CommitAsync(Set(A, 1).Set(B, new byte[] { 1 }));
        await CommitAsync(new AuthPatch().Delete(A).Set(B, new byte[] { 2 }).Set(B, new byte[] { 3 }).Delete("never", "there"));

        Assert.Null(await ValueAsync(A));
        Assert.Equal([3], await ValueAsync(B));
    }

    /// <summary>Without a lease every durability is persisted.</summary>
    /// <param name="durability">What is asked.</param>
    [Theory]
    [InlineData(Durability.Queued)]
    [InlineData(Durability.PersistedElseQueued)]
    [InlineData(Durability.Persisted)]
    [Promise(2)]
    public async Task Commit_WithoutALease_IsPersisted(Durability durability)
    {
        Assert.Equal(CommitOutcome.Persisted, (await CommitAsync(Set(A, 1).Require(durability))).Outcome);
        Assert.Equal([1], await ValueAsync(A, (await Fixture.OpenAsync()).Store));
    }

    /// <summary>A repeat, of the same object or by its id from another process, returns the first receipt and changes nothing.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_Again_ReturnsTheFirstReceiptAndChangesNothing()
    {
        var patch = Set(A, 1).Set(B, new byte[] { 1 });
        var first = await CommitAsync(patch);
        await CommitAsync(Set(A, 2).Delete(B));
        var before = await StateAsync();

        var repeat = await CommitAsync(patch);
        var late = await (await Fixture.OpenAsync()).Store.CommitAsync(Session, new AuthPatch(patch.CommitId).Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);

        Assert.Equal(first with { IsRepeat = true }, repeat);
        Assert.Equal(first with { IsRepeat = true }, late);
        Assert.Equal(before, await StateAsync());
        Assert.Equal([2], await ValueAsync(A));
        Assert.Null(await ValueAsync(B));
    }

    /// <summary>After an unknown outcome, the same patch again tells: it was kept, or it is now.</summary>
    /// <param name="wasKept">Whether the tier had kept it.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(2, 6)]
    public async Task Commit_AfterAnUnknownOutcome_IsMadeOnce(bool wasKept)
    {
        NeedsWriteThrough();
        await CommitAsync(Set(A, 1));
        var patch = Set(A, 2);
        LoseReplies(patch.CommitId, wasKept);
        Assert.Equal(patch.CommitId, (await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => CommitAsync(patch))).CommitId);

        Cold.Probe.Restore();
        var receipt = await CommitAsync(patch);

        Assert.Equal(2, receipt.Version);
        Assert.True(receipt.IsRepeat || !wasKept);
        Assert.Equal([2], await ValueAsync(A));
        Assert.Equal(2, (await Store.FindSessionAsync(Session, Cancel))!.Version);
    }

    /// <summary>While an outcome is unknown, reads ask cold, and the next commit waits until it is resolved.</summary>
    /// <param name="wasKept">Whether the tier had kept it.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(4, 6)]
    public async Task Commit_BehindAnUnknownOutcome_ResolvesItFirst(bool wasKept)
    {
        NeedsWriteThrough();
        await CommitAsync(Set(A, 1));
        var patch = Set(A, 2);
        LoseReplies(patch.CommitId, wasKept);
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => CommitAsync(patch));
        Assert.Equal(new[] { (byte)(wasKept ? 2 : 1) }, await ValueAsync(A));
        Assert.True((await Assert.ThrowsAnyAsync<AuthStoreException>(() => CommitAsync(Set(B, 3)))).IsTransient);

        Cold.Probe.Restore();
        var next = await CommitAsync(Set(B, 3));

        Assert.Equal(3, next.Version);
        var set = await Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([2, 3], set.Select(r => r.Version));
        Assert.Equal(2, (await CommitAsync(patch)).Version);
    }

    /// <summary>A commit that cold could not take changed nothing, and can be made again.</summary>
    [Fact]
    [Promise(3, 6)]
    public async Task Commit_ColdIsDown_ChangesNothingAndCanBeMadeAgain()
    {
        NeedsWriteThrough();
        await CommitAsync(Set(A, 1));
        Cold.Probe.Before = o => o == TierOperation.Commit ? throw new StoreUnavailableException("cold", "It is down.") : Task.CompletedTask;
        var patch = Set(A, 2).Set(B, new byte[] { 2 });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(patch));
        Assert.Equal([1], await ValueAsync(A));
        Assert.Null(await ValueAsync(B));

        Cold.Probe.Restore();
        Assert.Equal(2, (await CommitAsync(patch)).Version);
        Assert.Equal([2], await ValueAsync(B));
    }

    /// <summary>A version that is not the expected one is a typed conflict, and nothing of the patch is kept.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Commit_OtherVersionThanExpected_ConflictsAndChangesNothing()
    {
        await CommitAsync(Set(A, 1));
        await (await Fixture.OpenAsync()).Store.CommitAsync(Session, Set(A, 2), Cancel);
        var before = await StateAsync();

        var e = await Assert.ThrowsAsync<CommitConflictException>(() => CommitAsync(Set(A, 3).Set(B, new byte[] { 3 }).Expect(A, 1)));

        Assert.Equal((A, 1, 2), (e.Key!.Value, e.ExpectedVersion, e.ActualVersion));
        Assert.Equal(before, await StateAsync());

        // Who was told of the newer version is not answered from before it.
        Assert.Equal([2], await ValueAsync(A));
        Assert.Equal(3, (await CommitAsync(Set(A, 3).Expect(A, 2).Expect(B, 0).ExpectSession(2))).Version);
    }

    /// <summary>A session that must not exist is created once.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ExpectedAbsentSessionThatExists_Conflicts()
    {
        await CommitAsync(Set(A, 1).ExpectSession(0));

        var e = await Assert.ThrowsAsync<CommitConflictException>(
            async () => await (await Fixture.OpenAsync()).Store.CommitAsync(Session, Set(A, 2).ExpectSession(0), Cancel));

        Assert.Equal((null, 0, 1), (e.Key, e.ExpectedVersion, e.ActualVersion));
        Assert.Equal([1], await ValueAsync(A));
    }

    /// <summary>Values from nothing to the largest come back as they went, whether they compress or not.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commit_ValuesOfAnySize_ComeBackAsTheyWent()
    {
        int[] sizes = [0, 1, 511, 512, 4096, 100_000, AuthLimits.MaxValueBytes];
        var patch = new AuthPatch();
        foreach (var size in sizes)
            patch.Set("noise", $"{size}", Sample.Noise(size, size)).Set("zeros", $"{size}", new byte[size]);
        await CommitAsync(patch);

        foreach (var reader in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            var noise = await reader.GetManyAsync(Session, [.. sizes.Select(s => new AuthKey("noise", $"{s}"))], Cancel);
            var zeros = await reader.GetManyAsync(Session, [.. sizes.Select(s => new AuthKey("zeros", $"{s}"))], Cancel);
            Assert.All(noise, (r, i) => Assert.True(r.Value.Span.SequenceEqual(Sample.Noise(sizes[i], sizes[i])), $"{sizes[i]} bytes"));
            Assert.All(zeros, (r, i) => Assert.True(r.Value.Length == sizes[i] && !r.Value.Span.ContainsAnyExcept((byte)0), $"{sizes[i]} bytes"));
        }
    }

    /// <summary>Time takes nothing away, and neither does a hot tier that forgets.</summary>
    [Fact]
    [Promise(2, 7)]
    public async Task Commit_LongAgo_IsStillThere()
    {
        await CommitAsync(Set(A, 1));
        var before = await StateAsync();
        for (var i = 0; i < 3; i++)
            await Fixture.AdvanceAsync(Fixture.MaxStaleness * 2);
        if (Opened.Hot is { } hot)
            await hot.EvictAsync(Session, Cancel);

        Assert.Equal([1], await ValueAsync(A));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Everything is there after every process ended. Skipped where <see cref="AuthStoreFixture.CanReopen"/> says no.</summary>
    [Fact]
    [Promise(2)]
    public async Task Reopen_Store_KeepsEverything()
    {
        var patch = Set(A, 1).Set(B, Sample.Noise(10_000));
        var first = await CommitAsync(patch);
        var ended = new AuthSessionId("clinic", "ended");
        await Store.CommitAsync(ended, Set(A, 1), Cancel);
        await Store.DeleteSessionAsync(ended, Cancel);
        var before = await StateAsync();
        Assert.SkipUnless(Fixture.CanReopen && Store is IAsyncDisposable, "The store keeps nothing beyond its process.");
        await ((IAsyncDisposable)Store).DisposeAsync();

        Assert.Equal(before, await StateAsync());
        var reopened = (await Fixture.OpenAsync()).Store;
        Assert.Equal(first with { IsRepeat = true }, await reopened.CommitAsync(Session, patch, Cancel));
        Assert.Equal(2, (await reopened.CommitAsync(ended, Set(A, 2), Cancel)).Incarnation);
    }

    private void LoseReplies(CommitId id, bool afterwards)
    {
        Func<TierOperation, Task> fail = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(Session, id) : Task.CompletedTask;
        if (afterwards)
            Cold.Probe.After = fail;
        else
            Cold.Probe.Before = fail;
    }
}
