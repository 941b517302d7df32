namespace HybridStore.Codec;

/// <summary>A session's data key as tiers keep it: encrypted under the master key, opaque to them.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Bytes">The wrapped key: self-describing and versioned, as envelopes are.</param>
public sealed record WrappedDataKey(DataKeyId Id, ReadOnlyMemory<byte> Bytes);
