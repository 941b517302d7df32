namespace HybridStore.Codec;

/// <summary>The data keys of a session as far as they can be unwrapped, and of the others why not.</summary>
/// <remarks>For who looks at each record by itself. Whoever reads needs them all, and hears of the first that fails.</remarks>
internal sealed class LockedDataKeys : IDisposable
{
    private readonly List<DataKey> _open = [];
    private readonly Dictionary<DataKeyId, EnvelopeFault> _locked = [];

    public LockedDataKeys(DataKeyWrapper wrapper, AuthSessionId session, long incarnation, IReadOnlyList<WrappedDataKey> wrapped)
    {
        foreach (var key in wrapped)
        {
            try
            {
                _open.Add(wrapper.Unwrap(session, incarnation, key));
            }
            catch (MasterKeyException e)
            {
                _locked[key.Id] = FaultOf(e.Fault);
            }
        }
    }

    /// <summary>The keys that could be unwrapped.</summary>
    public IReadOnlyList<DataKey> Open => _open;

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
