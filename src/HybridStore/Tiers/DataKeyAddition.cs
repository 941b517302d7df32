using HybridStore.Codec;

namespace HybridStore.Tiers;

/// <summary>Another data key of a session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Incarnation">The life that it is for.</param>
/// <param name="After">The key that is the newest up to now.</param>
/// <param name="Key">The key that is to be the newest.</param>
public sealed record DataKeyAddition(AuthSessionId Session, long Incarnation, DataKeyId After, WrappedDataKey Key);
