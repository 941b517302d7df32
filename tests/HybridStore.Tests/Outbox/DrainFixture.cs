using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.Tests.Outbox;

/// <summary>What drains, without a store around it: every step is made where the test stands, when it moves the clock.</summary>
internal sealed class DrainFixture : IAsyncDisposable
{
    private readonly LeaseKeeper _leases;
    private int _sessions;

    public DrainFixture()
    {
        Server = new ModelHotServer(Clock);
        Cold = new HybridStore.Conformance.FaultyColdTier(new InMemoryColdTier(Clock));
        _leases = new LeaseKeeper(Cold.Leases, outbox: null, static _ => ValueTask.CompletedTask, new LeaseOptions(), Clock, NullLogger.Instance);
        Drain = new OutboxDrain(Cold, Server.Connect(), _leases, Clock, maxTries: 3, history: null, Refuses, NullLogger.Instance);
    }

    /// <summary>The data key of the sessions that are in cold.</summary>
    public static WrappedDataKey Key { get; } = new(new DataKeyId(7), new byte[] { 7 });

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ManualClock Clock { get; } = new();

    public ModelHotServer Server { get; }

    public HybridStore.Conformance.FaultyColdTier Cold { get; }

    public OutboxDrain Drain { get; }

    /// <summary>Whether cold is known not to answer.</summary>
    public bool ColdRefuses { get; set; }

    /// <summary>When something was to be drained, in milliseconds.</summary>
    public List<double> Tries { get; } = [];

    /// <summary>A lease of a session that cold has at version 1, with one commit queued.</summary>
    public HeldLease Lease()
    {
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), Clock), TaskCreationOptions.None);
        var reference = new LeaseRef(new AuthSessionId("clinic", $"{_sessions++}"), 1);
        var lease = new HeldLease(reference, state, Clock) { Queue = new HeldQueue(reference, incarnation: 1, version: 1, [], [], TaskCreationOptions.None) };
        lease.Queue.Tell(1);
        Queue(lease);
        return lease;
    }

    /// <summary>A lease of a session that is in cold at version 1, held there under epoch 1, with as many commits queued.</summary>
    public async Task<HeldLease> LeaseInColdAsync(int queued)
    {
        var session = new AuthSessionId("clinic", $"{_sessions++}");
        await Cold.Inner.Leases.AcquireAsync(new LeaseRequest(session, "holder", TimeSpan.FromSeconds(30), MayQueue: true), Cancel);
        var first = new SealedPatch { CommitId = CommitId.New(), Changes = [] };
        var created = await Cold.Inner.CommitAsync(
            new ColdCommit { Session = session, Incarnation = 1, Epoch = 1, Patches = [first], SealedWith = Key.Id, NewDataKey = Key }, Cancel);
        Assert.Equal(ColdCommitStatus.Committed, created.Status);
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), Clock), TaskCreationOptions.None);
        var reference = new LeaseRef(session, 1);
        var lease = new HeldLease(reference, state, Clock)
        {
            Queue = new HeldQueue(reference, incarnation: 1, version: 1, [new CommitMark(first.CommitId, 1)], [Key], TaskCreationOptions.None),
        };
        lease.Queue.Tell(1);
        for (var i = 0; i < queued; i++)
            Queue(lease);
        return lease;
    }

    /// <summary>Another process takes a session over, and commits something, a commit of that name if one is given, at a version far beyond.</summary>
    public async Task TakeOverAsync(AuthSessionId session, CommitId? commit)
    {
        await Cold.Inner.Leases.AcquireAsync(new LeaseRequest(session, "other", TimeSpan.FromSeconds(30), MayQueue: true) { DeadEpoch = 1 }, Cancel);
        var there = (await VersionAsync(session))!.Value;
        SealedPatch[] patches =
        [
            new SealedPatch { CommitId = CommitId.New(), Predecessor = there, Version = 1000, Changes = [] },
            new SealedPatch { CommitId = commit ?? CommitId.New(), Predecessor = 1000, Version = 1001, Changes = [] },
        ];
        var taken = await Cold.Inner.CommitAsync(new ColdCommit { Session = session, Incarnation = 1, Epoch = 2, Patches = patches, SealedWith = Key.Id }, Cancel);
        Assert.Equal(ColdCommitStatus.Committed, taken.Status);
    }

    /// <summary>Where cold is.</summary>
    public async Task<long?> VersionAsync(AuthSessionId session) => (await Cold.Inner.ReadAsync(session, [], withDataKeys: false, Cancel)).Head?.Version;

    /// <summary>Queues another commit.</summary>
    public static SealedPatch Queue(HeldLease lease)
    {
        var end = lease.Queue!.End;
        var patch = new SealedPatch { CommitId = CommitId.New(), Predecessor = end, Version = end + 1, Changes = [] };
        lease.Queue.Add([patch]);
        return patch;
    }

    public async ValueTask DisposeAsync()
    {
        await _leases.DisposeAsync();
        await Cold.DisposeAsync();
    }

    private bool Refuses(AuthSessionId session)
    {
        Tries.Add(TimeSpan.FromTicks(Clock.GetTimestamp()).TotalMilliseconds);
        return ColdRefuses;
    }
}
