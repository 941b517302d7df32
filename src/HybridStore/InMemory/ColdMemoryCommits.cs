using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The commit ids of the last versions, as many as are remembered, the oldest first. Adding one makes another list, which shares the memory of this one as far as it can.</summary>
internal sealed class ColdMemoryCommits
{
    // Room for as many again, so that one commit in so many copies them.
    private const int Room = 2 * AuthLimits.RememberedCommits;

    private readonly Page _page;
    private readonly int _from;
    private readonly int _to;

    private ColdMemoryCommits(Page page, int from, int to) => (_page, _from, _to) = (page, from, to);

    public static ColdMemoryCommits None { get; } = new(new Page(0), 0, 0);

    /// <summary>The commits, which nobody changes any more.</summary>
    public ReadOnlySpan<CommitMark> Marks => _page.Marks.AsSpan(_from, _to - _from);

    /// <summary>The version that a commit made; 0: it is not among them.</summary>
    public long Find(CommitId id)
    {
        foreach (var mark in Marks)
        {
            if (mark.Id == id)
                return mark.Version;
        }

        return 0;
    }

    /// <summary>These and another one, without those that its version leaves behind. Of one list, one caller at a time.</summary>
    public ColdMemoryCommits Add(CommitMark mark)
    {
        var from = _from;
        while (from < _to && _page.Marks[from].Version <= mark.Version - AuthLimits.RememberedCommits)
            from++;
        var (page, to) = (_page, _to);

        // What is behind this list's end may be another's already, which went on from here before: as after a restored backup.
        if (to == page.Marks.Length || page.Used != to)
        {
            page = new Page(Room);
            _page.Marks.AsSpan(from, to - from).CopyTo(page.Marks);
            (from, to) = (0, to - from);
        }

        page.Marks[to] = mark;
        page.Used = to + 1;
        return new ColdMemoryCommits(page, from, to + 1);
    }

    private sealed class Page(int size)
    {
        public CommitMark[] Marks { get; } = new CommitMark[size];

        public int Used { get; set; }
    }
}
