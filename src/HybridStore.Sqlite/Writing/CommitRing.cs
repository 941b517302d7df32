using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>The commit ids of a session's last 64 versions: version v's stands in slot v % 64, so that the slot and the session's version give v.</summary>
internal readonly ref struct CommitRing(Span<byte> bytes)
{
    public const int Slots = AuthLimits.RememberedCommits;
    public const int Size = Slots * CommitId.Size;

    private readonly Span<byte> _bytes = bytes;

    /// <summary>Finds the version that a commit made.</summary>
    /// <param name="id">The commit.</param>
    /// <param name="version">The session's version.</param>
    /// <returns>The version, or 0 if the commit is not among the last 64 versions.</returns>
    public long Find(CommitId id, long version)
    {
        Span<byte> wanted = stackalloc byte[CommitId.Size];
        _ = id.Value.TryWriteBytes(wanted);
        for (int slot = 0; slot < Slots; slot++)
        {
            if (!Slot(slot).SequenceEqual(wanted))
                continue;
            long distance = (version - slot) % Slots;
            return version - (distance < 0 ? distance + Slots : distance);
        }

        return 0;
    }

    /// <summary>Remembers the commit that took the session from one version to another; versions between are nobody's.</summary>
    public void Set(CommitId id, long previousVersion, long version)
    {
        long firstSkipped = Math.Max(previousVersion + 1, version - Slots + 1);
        for (long skipped = firstSkipped; skipped < version; skipped++)
            Slot((int)(skipped % Slots)).Clear();
        _ = id.Value.TryWriteBytes(Slot((int)(version % Slots)));
    }

    /// <summary>The commits that are remembered, in order of their versions.</summary>
    /// <param name="version">The session's version.</param>
    public IReadOnlyList<CommitMark> List(long version)
    {
        var marks = new List<CommitMark>(Slots);
        for (long made = Math.Max(1, version - Slots + 1); made <= version; made++)
        {
            var slot = Slot((int)(made % Slots));
            if (slot.ContainsAnyExcept((byte)0))
                marks.Add(new CommitMark(new CommitId(new Guid(slot)), made));
        }

        return marks;
    }

    private Span<byte> Slot(int slot) => _bytes.Slice(slot * CommitId.Size, CommitId.Size);
}
