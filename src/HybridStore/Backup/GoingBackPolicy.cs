namespace HybridStore.Backup;

/// <summary>
/// Which Signal records a session must not take up again after it went back in time. What goes is what the client makes anew by itself, at the cost of a retry for a
/// peer; what stays is what it can't.
/// </summary>
/// <remarks>
/// <para>
/// <c>session</c>: a ratchet that sent after the backup would use a message key and IV a second time, and take replays of what it has read since. The Double Ratchet
/// (https://signal.org/docs/specifications/doubleratchet/, section 8) rests on keys that are used once and deleted. Without
/// the record the client fetches a bundle before it sends, and asks for a retry when it receives.
/// </para>
/// <para>
/// <c>sender-key</c> and <c>sender-key-memory</c>: the same for groups, and always both. With the memory and without the key, the key is never distributed
/// again and recipients see "Waiting for this message" for ever; the other way round is harmless (WhiskeySockets/Baileys#2704).
/// </para>
/// <para>
/// <c>creds</c>: <c>nextPreKeyId</c> went back while newer pre-keys are on the server: their ids would be given to other keys, and first messages fail with a bad MAC
/// (oxidezap/whatsapp-rust#322). Both counters move far ahead; the client finds its current pre-key missing and uploads new ones. Pre-keys that are still there stay:
/// losing them loses first messages, keeping a used one does not.
/// </para>
/// <para><c>device-list</c>: a cache that is fetched again; an old one leaves a new device of a peer without messages.</para>
/// <para>
/// The others stay: identities of peers, app-state keys and versions (an older version of a collection is brought up to date by patches), LID mappings, tokens. So do
/// types that are not known here.
/// </para>
/// </remarks>
internal static class GoingBackPolicy
{
    /// <summary>How far pre-key ids move: beyond what a bot mints in years (about 110 a day), a 256th of the 2^24 that there are.</summary>
    public const int PreKeyIdJump = 1 << 16;

    /// <summary>The highest pre-key id (2^24 - 1).</summary>
    public const int HighestPreKeyId = (1 << 24) - 1;

    /// <summary>The types that go.</summary>
    public static IReadOnlyList<string> DroppedTypes { get; } = [AuthKeyTypes.Session, AuthKeyTypes.SenderKey, AuthKeyTypes.SenderKeyMemory, AuthKeyTypes.DeviceList];

    public static GoingBackRule Of(AuthKey key) =>
        DroppedTypes.Contains(key.Type) ? GoingBackRule.Drop
        : key.Type == AuthKeyTypes.Creds ? GoingBackRule.AdvancePreKeyIds
        : GoingBackRule.Keep;
}
