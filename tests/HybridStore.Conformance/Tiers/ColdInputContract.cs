using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What no cold tier takes, and what it does not do once it is cancelled.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdInputContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Names that name nothing are refused, and nothing is changed.</summary>
    [Fact]
    [Promise(12)]
    public async Task EmptyNames_AreRefused()
    {
        await CreateAsync();
        var before = await StateAsync();

        await RefusedAsync(() => CommitAsync(CreationOf(default, 1, Patch(Set("a")))));
        await RefusedAsync(() => CommitAsync(Commit(Patch(Set("b"), new SealedChange(default, new byte[1])))));
        await RefusedAsync(() => CommitAsync(Commit(new SealedPatch { CommitId = default, Changes = [Set("b")] })));
        await RefusedAsync(() => CommitAsync(Commit(new SealedPatch { CommitId = CommitId.New(), Changes = [Set("b")], Expectations = [default] })));
        await RefusedAsync(() => CommitAsync(Commit(Absorbing(PatchAt(1, 3, Set("b")), new CommitMark(default, 2)))));
        await RefusedAsync(async () => await Tier.ReadAsync(default, [], false, Cancel));
        await RefusedAsync(async () => await Tier.ReadAsync(Session, [Record("a"), default], false, Cancel));
        await RefusedAsync(async () => await Tier.SummarizeAsync(default, Cancel));
        await RefusedAsync(async () => await Tier.DeleteSessionAsync(default, Cancel));
        await RefusedAsync(() => ToListAsync(Tier.EnumerateAsync(default, null, Cancel)));
        await RefusedAsync(async () => await Tier.ImportAsync(ImportOf(default, CommitId.New(), Records(1)), Cancel));
        await RefusedAsync(async () => await Tier.ImportAsync(ImportOf(new AuthSessionId("t", "s"), default, Records(1)), Cancel));
        await RefusedAsync(async () => await Tier.ImportAsync(
            ImportOf(new AuthSessionId("t", "s"), CommitId.New(), Records(1).Append(new SealedChange(default, new byte[1]))), Cancel));
        await RefusedAsync(async () => await Tier.Leases.AcquireAsync(new LeaseRequest(default, "bot", Fixture.LeaseDuration, false), Cancel));
        await RefusedAsync(async () => await Tier.Leases.RenewAsync([new LeaseRef(default, 1)], Fixture.LeaseDuration, Cancel));
        await RefusedAsync(async () => await Tier.Leases.ReleaseAsync(new LeaseRef(default, 1), true, Cancel));

        Assert.Equal(before, await StateAsync());
        Assert.Single(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
    }

    /// <summary>Commits that contradict themselves are refused, and nothing is changed.</summary>
    [Fact]
    [Promise(12)]
    public async Task CommitsThatMakeNoSense_AreRefused()
    {
        await CreateAsync();
        var before = await StateAsync();

        await MisuseAsync(() => CommitAsync(Commit()));
        await MisuseAsync(() => CommitAsync(Commit(PatchAt(1, 1, Set("b")))));
        await MisuseAsync(() => CommitAsync(Commit(PatchAt(3, 2, Set("b")))));
        await MisuseAsync(() => CommitAsync(Commit(PatchAt(-1, 2, Set("b")))));
        await MisuseAsync(() => CommitAsync(Commit(new SealedPatch { CommitId = CommitId.New(), Changes = [Set("b")], Absorbed = [new CommitMark(CommitId.New(), 2)] })));
        foreach (long[] absorbed in (long[][])[[1], [4], [3, 2], [2, 2]])
            await MisuseAsync(() => CommitAsync(Commit(Absorbing(PatchAt(1, 4, Set("b")), [.. absorbed.Select(v => new CommitMark(CommitId.New(), v))]))));
        await MisuseAsync(() => CommitAsync(new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key2, Patches = [Patch(Set("b"))] }));
        await MisuseAsync(async () => await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "", Fixture.LeaseDuration, false), Cancel));
        await MisuseAsync(async () => await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.Zero, false), Cancel));
        await MisuseAsync(async () => await Tier.Leases.RenewAsync([new LeaseRef(Session, 1)], TimeSpan.FromSeconds(-1), Cancel));

        Assert.Equal(before, await StateAsync());
    }

    /// <summary>What is cancelled before it begins changes nothing and says that it was cancelled.</summary>
    [Fact]
    [Promise(12)]
    public async Task CancelledBefore_ChangesNothing()
    {
        await CreateAsync();
        var lease = await AcquireAsync("bot");
        var before = await StateAsync();
        var cancelled = new CancellationToken(canceled: true);

        await CancelledAsync(async () => await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a", 9))), lease.Epoch), cancelled));
        await CancelledAsync(async () => await Tier.ReadAsync(Session, [Record("a")], false, cancelled));
        await CancelledAsync(async () => await Tier.DeleteSessionAsync(Session, cancelled));
        await CancelledAsync(async () => await Tier.SummarizeAsync(Session, cancelled));
        await CancelledAsync(async () => await Tier.ImportAsync(ImportOf(new AuthSessionId("t", "s"), CommitId.New(), Records(1)), cancelled));
        await CancelledAsync(() => ToListAsync(Tier.EnumerateAsync(Session, null, cancelled)));
        await CancelledAsync(() => ToListAsync(Tier.ListSessionsAsync(null, cancelled)));
        await CancelledAsync(async () => await Tier.Leases.ReleaseAsync(new LeaseRef(Session, lease.Epoch), true, cancelled));
        await CancelledAsync(async () => await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", Fixture.LeaseDuration, true), cancelled));

        Assert.Equal(before, await StateAsync());
        Assert.True(await RenewAsync(lease.Epoch));
    }

    /// <summary>A tier that was closed says so, and never that something is absent.</summary>
    [Fact]
    [Promise(1)]
    public async Task AfterDisposal_EveryCallSaysSo()
    {
        await CreateAsync();
        await Tier.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CommitAsync(Commit(Patch(Set("a")))));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Tier.SummarizeAsync(Session, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        await Tier.DisposeAsync();
    }

    private static ColdImport ImportOf(AuthSessionId session, CommitId id, IAsyncEnumerable<SealedChange> records) =>
        new() { Session = session, Incarnation = 1, CommitId = id, DataKey = Key1, Records = records };

    private static async Task RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<InvalidAuthInputException>(call);

    private static async Task MisuseAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<ArgumentException>(call);

    private static async Task CancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
}
