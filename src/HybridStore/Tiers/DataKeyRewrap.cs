using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>A data key that is to be kept wrapped under another master key.</summary>
/// <param name="Session">The session.</param>
/// <param name="Incarnation">The life that the key belongs to.</param>
/// <param name="Id">The key's id.</param>
/// <param name="Before">How it is wrapped.</param>
/// <param name="After">How it is to be wrapped.</param>
public sealed record DataKeyRewrap(AuthSessionId Session, long Incarnation, DataKeyId Id, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After);
