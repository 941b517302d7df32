using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>Makes the commits that lead the target from where it is to where the source is. Their names are the source's, as far as it remembers them.</summary>
internal sealed class CopyStep(AuthSessionId session, ColdRead source, ColdRead target, long epoch)
{
    private readonly SessionHead _head = source.Head!;
    // The life begins with the oldest key; the target is given the others when the records are there.
    private readonly Codec.WrappedDataKey _key = target.Head is null ? source.DataKeys[^1] : target.DataKeys[0];
    private long _at = target.Head?.Version ?? 0;
    private long _mark = target.Head?.RolledBackAt ?? 0;

    /// <summary>Whether the target is where the source is.</summary>
    public bool IsThere => _at == _head.Version;

    /// <summary>Whether a version is left for a part that is not the last. Where none is, all of the rest is one commit.</summary>
    public bool CanBePart => _at + 1 < Next;

    // The rollback mark names the version right before the commit that sets it.
    private long Next => SetsMark && _at < _head.RolledBackAt ? _head.RolledBackAt : _head.Version;

    private bool SetsMark => _head.RolledBackAt != 0 && _mark != _head.RolledBackAt;

    /// <summary>A part of what differs: it takes the target to a version that the source had long before.</summary>
    public ColdCommit Part(IReadOnlyList<SealedChange> changes) => To(_at + 1, changes);

    /// <summary>All the rest of what differs.</summary>
    public ColdCommit Rest(IReadOnlyList<SealedChange> changes) => To(Next, changes);

    private ColdCommit To(long version, IReadOnlyList<SealedChange> changes)
    {
        var rollback = RollbackChange.Keep;
        if (_mark != 0 && _mark != _head.RolledBackAt)
            (rollback, _mark) = (RollbackChange.Clear, 0);
        else if (SetsMark && _at >= _head.RolledBackAt)
            (rollback, _mark) = (RollbackChange.Set, _head.RolledBackAt);
        var known = source.Commits.Where(c => c.Version > _at && c.Version <= version).ToList();
        var isNamed = known.Count > 0 && known[^1].Version == version;
        var commit = new ColdCommit
        {
            Session = session,
            Incarnation = _head.Incarnation,
            Epoch = epoch,
            SealedWith = _key.Id,
            NewDataKey = _at == 0 ? _key : null,
            Rollback = rollback,
            Patches =
            [
                new SealedPatch
                {
                    CommitId = isNamed ? known[^1].Id : CommitId.New(),
                    Predecessor = _at,
                    Version = version,
                    Absorbed = isNamed ? known[..^1] : known,
                    Changes = changes,
                },
            ],
        };
        _at = version;
        return commit;
    }
}
