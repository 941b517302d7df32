namespace HybridStore.FaultLab.Checker;

/// <summary>The latest commits that wrote a register, by version, and how far it was read.</summary>
internal sealed class RegisterHistory
{
    private const int MostKept = 512;

    private readonly List<Write> _writes = [];

    /// <summary>Of the read at the highest version: that version, and the version of what was there.</summary>
    public (long At, long Found) LastRead { get; set; } = (-1, 0);

    public IReadOnlyList<Write> Writes => _writes;

    /// <summary>Below this, what was written is forgotten.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Puts a commit in its place.</summary>
    /// <returns>Another commit of that version.</returns>
    public Write? Add(Write write)
    {
        var at = _writes.Count;
        while (at > 0 && _writes[at - 1].Version > write.Version)
            at--;
        if (at > 0 && _writes[at - 1].Version == write.Version)
            return _writes[at - 1] == write ? null : _writes[at - 1];
        _writes.Insert(at, write);
        if (_writes.Count > MostKept)
        {
            Forgotten = _writes[MostKept / 4].Version;
            _writes.RemoveRange(0, MostKept / 4);
        }

        return null;
    }
}
