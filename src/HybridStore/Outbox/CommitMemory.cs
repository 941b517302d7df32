using HybridStore.Tiers;

namespace HybridStore.Outbox;

/// <summary>The last commits of a session, so that a repeat is recognised without asking a tier.</summary>
internal sealed class CommitMemory
{
    private readonly Dictionary<CommitId, long> _versions = [];
    private readonly Queue<CommitMark> _order = new();

    public void Add(CommitMark mark)
    {
        if (!_versions.TryAdd(mark.Id, mark.Version))
            return;
        _order.Enqueue(mark);

        // By their number, not by their versions: those jump where a session was rolled back.
        if (_order.Count > AuthLimits.RememberedCommits)
            _versions.Remove(_order.Dequeue().Id);
    }

    public void Add(SealedPatch patch)
    {
        for (var i = 0; i < patch.Absorbed.Count; i++)
            Add(patch.Absorbed[i]);
        Add(new CommitMark(patch.CommitId, patch.Version));
    }

    /// <summary>What is remembered, in the order in which it came.</summary>
    public IEnumerable<CommitMark> All => _order;

    /// <summary>The version that a commit made; 0: it is not among those that are remembered.</summary>
    public long Find(CommitId id) => _versions.GetValueOrDefault(id);
}
