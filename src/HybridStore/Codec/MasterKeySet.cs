namespace HybridStore.Codec;

/// <summary>The master keys that a process has: one wraps, all unwrap but those that were revoked. Never changes; another one takes its place.</summary>
internal sealed class MasterKeySet
{
    private readonly Dictionary<ulong, MasterKey> _keys = [];
    private readonly HashSet<ulong> _revoked;

    /// <param name="active">The key that wraps.</param>
    /// <param name="others">The keys that only unwrap.</param>
    /// <param name="revoked">The ids of keys that must not be trusted, whether they are here or not.</param>
    public MasterKeySet(MasterKey active, IEnumerable<MasterKey>? others = null, IEnumerable<ulong>? revoked = null)
    {
        Active = active;
        _revoked = [.. revoked ?? []];
        foreach (var key in (MasterKey[])[active, .. others ?? []])
            _keys.TryAdd(key.Fingerprint, key);
    }

    /// <summary>The key that wraps.</summary>
    public MasterKey Active { get; }

    /// <summary>All keys.</summary>
    public IReadOnlyCollection<MasterKey> All => _keys.Values;

    /// <summary>The key of an id, revoked or not; <see langword="null"/>: it is not here.</summary>
    public MasterKey? Find(ulong fingerprint) => _keys.GetValueOrDefault(fingerprint);

    /// <summary>Whether a key must not be trusted.</summary>
    public bool IsRevoked(ulong fingerprint) => _revoked.Contains(fingerprint);

    /// <summary>Whether it is known what to think of a key.</summary>
    public bool Knows(ulong fingerprint) => _keys.ContainsKey(fingerprint) || _revoked.Contains(fingerprint);
}
