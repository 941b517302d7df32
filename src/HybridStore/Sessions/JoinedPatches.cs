namespace HybridStore.Sessions;

/// <summary>Decides which patches can be one step of the tier, all or nothing, without one bringing down another.</summary>
internal sealed class JoinedPatches
{
    private readonly HashSet<AuthKey> _changed = [];

    public JoinedPatches(AuthPatch first) => Add(first);

    /// <summary>The bytes of all values.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a patch, unless it depends on a version that one before it changes: it would be refused, and all the others with it.</summary>
    public bool TryAdd(AuthPatch patch)
    {
        foreach (var expectation in patch.Expectations)
        {
            if (_changed.Contains(expectation.Key))
                return false;
        }

        Add(patch);
        return true;
    }

    private void Add(AuthPatch patch)
    {
        foreach (var change in patch.ChangeValues)
        {
            _changed.Add(change.Key);
            Bytes += change.Value?.Length ?? 0;
        }
    }
}
