namespace HybridStore.Baileys;

/// <summary>Why a folder, a file or a record can't go from or to Baileys' form.</summary>
public enum BaileysFormatReason
{
    /// <summary>There is no such folder, or it is something else.</summary>
    FolderMissing = 1,

    /// <summary>The folder has no record in it.</summary>
    FolderEmpty = 2,

    /// <summary>The folder to export to has something in it.</summary>
    FolderNotEmpty = 3,

    /// <summary>The folder can't be read or written as it is: rights, a full disk, a mount point.</summary>
    FolderUnusable = 4,

    /// <summary>There is no <c>creds.json</c>, or no such record: without it the rest belongs to no device.</summary>
    CredsMissing = 5,

    /// <summary>What is called creds is not Baileys' credentials.</summary>
    CredsForeign = 6,

    /// <summary>A name ends in <c>.json</c>, but Baileys would give it to no record.</summary>
    NotARecordName = 7,

    /// <summary>Two names mean one record, or two records get one name.</summary>
    NameCollision = 8,

    /// <summary>The record's file name would have more than 255 bytes.</summary>
    NameTooLong = 9,

    /// <summary>The record's file name would contain what file names can't here.</summary>
    NameInvalid = 10,

    /// <summary>The file is a symbolic link: where it leads may be outside of the folder.</summary>
    SymbolicLink = 11,

    /// <summary>The file was there when the folder was listed, and then not.</summary>
    FileVanished = 12,

    /// <summary>The folder changed while it was read: something still writes to it.</summary>
    FileChanged = 13,

    /// <summary>The file can't be read.</summary>
    FileUnreadable = 14,

    /// <summary>The file has no bytes.</summary>
    FileEmpty = 15,

    /// <summary>The value is above <see cref="AuthLimits.MaxValueBytes"/>.</summary>
    TooLarge = 16,

    /// <summary>The bytes are not UTF-8.</summary>
    InvalidUtf8 = 17,

    /// <summary>The bytes are not JSON.</summary>
    InvalidJson = 18,

    /// <summary>The JSON ends in the middle: a write that was cut short.</summary>
    TruncatedJson = 19,

    /// <summary>The JSON is nested more than <see cref="BufferJson.MaxDepth"/> deep.</summary>
    TooDeep = 20,

    /// <summary>The session kept changing while it was exported: stop the bot first.</summary>
    SessionChanging = 21,
}
