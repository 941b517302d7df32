namespace HybridStore.Codec;

/// <summary>The data keys of a session as far as they can be unwrapped, and of the others why not.</summary>
/// <remarks>For who looks at each record by itself. Whoever reads needs them all, and hears of the first that fails.</remarks>
internal sealed class LockedDataKeys : IDisposable
{
    private readonly List<DataKey> _open = [];
    private readonly Dictionary<DataKeyId, EnvelopeFault> _locked = [];

    /// <summary>The keys that could be unwrapped.</summary>
    public IReadOnlyList<DataKey> Open => _open;

    /// <summary>Takes a key that could be unwrapped, which is this object's from now on.</summary>
    public void Add(DataKey key) => _open.Add(key);

    /// <summary>Takes a key that could not be unwrapped.</summary>
    public void Add(DataKeyId id, MasterKeyException why) => _locked[id] = FaultOf(why.Fault);

    /// <summary>Whether a key is among those taken.</summary>
    public bool Has(DataKeyId id) => _locked.ContainsKey(id) || _open.Exists(key => key.Id == id);

    /// <summary>Whether the key that an envelope names is among those taken; also if the envelope can't be read, and names none.</summary>
    public bool Knows(ReadOnlySpan<byte> envelope) => EnvelopeHeader.TryRead(envelope, out var header) is not null || Has(header.DataKeyId);

    /// <summary>Why a key could not be unwrapped; <see langword="null"/>: it could, or was not taken.</summary>
    public EnvelopeFault? FaultOf(DataKeyId id) => _locked.TryGetValue(id, out var why) ? why : null;

    /// <summary>What an envelope's fault is, knowing why its key is not among <see cref="Open"/>.</summary>
    public EnvelopeFault? Refine(EnvelopeFault? fault, ReadOnlySpan<byte> envelope) =>
        fault == EnvelopeFault.UnknownKey && EnvelopeHeader.TryRead(envelope, out var header) is null && _locked.TryGetValue(header.DataKeyId, out var why) ? why : fault;

    public void Dispose() => _open.ForEach(static key => key.Dispose());

    /// <summary>What a master key's fault means for the envelopes under it.</summary>
    internal static EnvelopeFault FaultOf(MasterKeyFault fault) => fault switch
    {
        MasterKeyFault.Revoked => EnvelopeFault.RevokedKey,
        MasterKeyFault.WrappedKeyDamaged => EnvelopeFault.DataKeyDamaged,
        _ => EnvelopeFault.WrongMasterKey,
    };
}
