namespace HybridStore;

/// <summary>The Signal data types that WhatsApp clients are known to store. The set is open: others pass through.</summary>
public static class AuthKeyTypes
{
    /// <summary>The credentials that make the bot its device; one record, <see cref="AuthKey.Creds"/>.</summary>
    public const string Creds = "creds";

    /// <summary>One-time pre-keys, by decimal id. A message that uses one deletes it.</summary>
    public const string PreKey = "pre-key";

    /// <summary>Double-ratchet sessions, by address (<c>user.device</c>). Change with every message.</summary>
    public const string Session = "session";

    /// <summary>Group ratchets, by <c>group::user::device</c>. The bot's own grows with every send.</summary>
    public const string SenderKey = "sender-key";

    /// <summary>Who already has the bot's own sender key, by group. Must never be ahead of <see cref="SenderKey"/>.</summary>
    public const string SenderKeyMemory = "sender-key-memory";

    /// <summary>Keys of the app-state collections, by base64 key id.</summary>
    public const string AppStateSyncKey = "app-state-sync-key";

    /// <summary>The app-state collections themselves, one large value each.</summary>
    public const string AppStateSyncVersion = "app-state-sync-version";

    /// <summary>Identity keys of peers, by address.</summary>
    public const string IdentityKey = "identity-key";

    /// <summary>Phone number to LID and back, two records a pair.</summary>
    public const string LidMapping = "lid-mapping";

    /// <summary>The devices of a user.</summary>
    public const string DeviceList = "device-list";

    /// <summary>Trusted-contact tokens, by jid, with an index record.</summary>
    public const string TcToken = "tctoken";
}
