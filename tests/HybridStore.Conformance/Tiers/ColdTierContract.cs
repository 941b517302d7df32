using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What every part of the cold tier's contract begins with: a tier on an empty database, and the commits that most tests make.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdTierContract<TFixture> : IAsyncLifetime
    where TFixture : ColdTierFixture, new()
{
    private protected static readonly AuthSessionId Session = new("clinic", "reception");
    private protected static readonly WrappedDataKey Key1 = new(new DataKeyId(0xF000_0000_0000_0001), Sample.Noise(80, 101));
    private protected static readonly WrappedDataKey Key2 = new(new DataKeyId(2), Sample.Noise(80, 102));

    private protected ColdTierContract()
    {
    }

    /// <summary>The database of this test.</summary>
    protected TFixture Fixture { get; } = new();

    /// <summary>A tier on it.</summary>
    protected IColdTier Tier { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync()
    {
        Tier = await Fixture.OpenAsync();
        await Tier.InitializeAsync(Cancel);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static AuthKey Record(string id) => new("session", id);

    private protected static SealedChange Set(string id, byte fill = 1, int length = 100)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return new SealedChange(Record(id), bytes);
    }

    private protected static SealedChange Delete(string id) => new(Record(id), null);

    private protected static SealedPatch Patch(params SealedChange[] changes) => new() { CommitId = CommitId.New(), Changes = changes };

    private protected static SealedPatch PatchAt(long predecessor, long version, params SealedChange[] changes) =>
        new() { CommitId = CommitId.New(), Predecessor = predecessor, Version = version, Changes = changes };

    /// <summary>The same patch, made of those commits and its own.</summary>
    private protected static SealedPatch Absorbing(SealedPatch patch, params CommitMark[] absorbed) => new()
    {
        CommitId = patch.CommitId,
        Predecessor = patch.Predecessor,
        Version = patch.Version,
        Changes = patch.Changes,
        Absorbed = absorbed,
    };

    private protected static ColdCommit Commit(params SealedPatch[] patches) => CommitTo(Session, patches);

    private protected static ColdCommit CommitTo(AuthSessionId session, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = 1, SealedWith = Key1.Id, Patches = patches };

    private protected static ColdCommit Creation(params SealedPatch[] patches) => CreationOf(Session, 1, patches);

    private protected static ColdCommit CreationOf(AuthSessionId session, long incarnation, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = incarnation, SealedWith = Key1.Id, NewDataKey = Key1, Patches = patches };

    private protected static ColdCommit WithEpoch(ColdCommit commit, long epoch) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        Epoch = epoch,
        SeenVersion = commit.SeenVersion,
        SealedWith = commit.SealedWith,
        Rollback = commit.Rollback,
        History = commit.History,
        NewDataKey = commit.NewDataKey,
        Patches = commit.Patches,
    };

    private protected static ColdImport Import(IAsyncEnumerable<SealedChange> records, long incarnation = 1) =>
        new() { Session = Session, Incarnation = incarnation, CommitId = CommitId.New(), DataKey = Key1, Records = records };

    private protected static async IAsyncEnumerable<SealedChange> Records(int count, int length = 100, Exception? then = null)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 0)
                await Task.Yield();
            yield return new SealedChange(new AuthKey("pre-key", $"{i:D6}"), Sample.Noise(length, i));
        }

        if (then is not null)
            throw then;
    }

    private protected static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    private protected static (ColdCommitStatus Status, long Version) Short(ColdCommitResult result) => (result.Status, result.Version);

    /// <summary>Creates the session with one record, <c>a</c>, at version 1.</summary>
    private protected async Task CreateAsync() => Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(Creation(Patch(Set("a"))))));

    private protected async Task<ColdCommitResult> CommitAsync(ColdCommit commit) => await Tier.CommitAsync(commit, Cancel);

    private protected async Task<ColdRead> ReadAsync(params string[] ids) => await Tier.ReadAsync(Session, [.. ids.Select(Record)], withDataKeys: true, Cancel);

    private protected async Task<SessionHead?> HeadAsync() => (await Tier.ReadAsync(Session, [], withDataKeys: false, Cancel)).Head;

    private protected async Task<LeaseGrant> AcquireAsync(string holder, bool mayQueue = false, long deadEpoch = 0) =>
        await Tier.Leases.AcquireAsync(new LeaseRequest(Session, holder, Fixture.LeaseDuration, mayQueue) { DeadEpoch = deadEpoch }, Cancel);

    private protected async Task<bool> RenewAsync(long epoch) =>
        Assert.Single(await Tier.Leases.RenewAsync([new LeaseRef(Session, epoch)], Fixture.LeaseDuration, Cancel));

    private protected async Task<bool> ReleaseAsync(long epoch, bool drained) => await Tier.Leases.ReleaseAsync(new LeaseRef(Session, epoch), drained, Cancel);

    /// <summary>Lets a lease run out.</summary>
    private protected async Task RunOutAsync() => await Fixture.AdvanceAsync(Fixture.LeaseDuration + TimeSpan.FromMilliseconds(1));

    /// <summary>The whole session as the tier gives it, to compare before and after.</summary>
    private protected async Task<(SessionHead? Head, string Records)> StateAsync()
    {
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        return (await HeadAsync(), string.Join('\n', records.Select(r => $"{r.Key}@{r.Version}:{Convert.ToHexString(r.Envelope.Span)}")));
    }
}
