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

    /// <summary>Queues another commit.</summary>
    public static void Queue(HeldLease lease)
    {
        var end = lease.Queue!.End;
        lease.Queue.Add([new SealedPatch { CommitId = CommitId.New(), Predecessor = end, Version = end + 1, Changes = [] }]);
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
