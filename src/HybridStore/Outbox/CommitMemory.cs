using HybridStore.Tiers;

namespace HybridStore.Outbox;

/// <summary>The last commits of a session, so that a repeat is recognised without asking a tier.</summary>
/// <remarks>A ring without an index: it is searched once in a commit, in less time than an index takes to be kept, and each open session has one.</remarks>
internal sealed class CommitMemory
{
    private CommitMark[] _ring = [];
    private int _oldest;
    private int _count;

    /// <summary>What is remembered, in the order in which it came.</summary>
    public IEnumerable<CommitMark> All
    {
        get
        {
            for (var i = 0; i < _count; i++)
                yield return _ring[(_oldest + i) % _ring.Length];
        }
    }

    public void Add(CommitMark mark)
    {
        if (IndexOf(mark.Id) >= 0)
            return;

        // By their number, not by their versions: those jump where a session was rolled back.
        if (_count == AuthLimits.RememberedCommits)
        {
            _ring[_oldest] = mark;
            _oldest = (_oldest + 1) % _ring.Length;
            return;
        }

        if (_count == _ring.Length)
            Array.Resize(ref _ring, Math.Min(AuthLimits.RememberedCommits, Math.Max(4, 2 * _count)));
        _ring[_count++] = mark;
    }

    public void Add(SealedPatch patch)
    {
        for (var i = 0; i < patch.Absorbed.Count; i++)
            Add(patch.Absorbed[i]);
        Add(new CommitMark(patch.CommitId, patch.Version));
    }

    /// <summary>The version that a commit made; 0: it is not among those that are remembered.</summary>
    public long Find(CommitId id) => IndexOf(id) is >= 0 and var index ? _ring[index].Version : 0;

    private int IndexOf(CommitId id)
    {
        var marks = _ring.AsSpan(0, _count);
        for (var i = 0; i < marks.Length; i++)
        {
            if (marks[i].Id == id)
                return i;
        }

        return -1;
    }
}
