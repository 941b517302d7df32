namespace HybridStore.Baileys;

/// <summary>Something can't go from or to Baileys' form. Nothing was changed: no session was created, no folder is left behind.</summary>
public sealed class BaileysFormatException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The same for people, by name and without any content.</param>
    /// <param name="innerException">The file system's error.</param>
    public BaileysFormatException(BaileysFormatReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why.</summary>
    public BaileysFormatReason Reason { get; }

    /// <summary>The file's name within its folder, if one is to blame.</summary>
    public string? FileName { get; init; }

    /// <summary>The record, if one is to blame.</summary>
    public AuthKey? Key { get; init; }

    /// <summary>Where in the bytes it is wrong, from 0, if that is known.</summary>
    public long? BytePosition { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => Reason is BaileysFormatReason.SessionChanging;
}
