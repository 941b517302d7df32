namespace HybridStore.Quarantine;

/// <summary>
/// Which records of a session were found not to open. It says where to look before a commit replaces something, and no more: whether it still is so is asked then.
/// </summary>
internal sealed class DamagedRecords
{
    // Beyond it, every record that a commit changes is looked at: slower, and as safe.
    private const int Most = 1024;

    private readonly Lock _sync = new();
    private readonly HashSet<AuthKey> _keys = [];
    private bool _isMore;
    private volatile bool _any;

    /// <summary>Notes a record.</summary>
    /// <returns>Whether it was not noted yet.</returns>
    public bool Add(AuthKey key)
    {
        lock (_sync)
        {
            _any = true;
            if (_keys.Count < Most)
                return _keys.Add(key);
            _isMore |= !_keys.Contains(key);
            return false;
        }
    }

    /// <summary>It opens, is absent or was replaced.</summary>
    public void Remove(AuthKey key)
    {
        if (!_any)
            return;
        lock (_sync)
        {
            _keys.Remove(key);
            _any = _isMore || _keys.Count > 0;
        }
    }

    /// <summary>Whether nothing of a patch has to be looked at.</summary>
    public bool IsClear(AuthPatch patch)
    {
        if (!_any)
            return true;
        lock (_sync)
        {
            if (_isMore)
                return false;
            foreach (var change in patch.Changes)
            {
                if (_keys.Contains(change.Key))
                    return false;
            }

            return true;
        }
    }

    /// <summary>The records of a patch that have to be looked at.</summary>
    public AuthKey[] Of(AuthPatch patch)
    {
        lock (_sync)
            return [.. patch.Changes.Select(static c => c.Key).Where(k => _isMore || _keys.Contains(k))];
    }
}
