namespace HybridStore.Backup;

/// <summary>The form of both files, integers big-endian (docs/backup.md).</summary>
/// <remarks>
/// <code>
/// header   magic 'HSBK' (4), format (2), kind (1), 0 (1), when it was written in milliseconds since 1970 (8)
/// block    tag (1), length of what follows (4), contents
///   'S'    begins a session: tenant, session, incarnation (8), version (8)
///   'R'    a record: type, id, version (8), envelope up to the end of the block
///   'K'    a wrapped data key: id (8), bytes up to the end of the block; newest first
///   'E'    ends a session: number of R and K blocks (8), SHA-256 of all its blocks but this (32)
///   'Z'    ends the file: number of sessions (8), SHA-256 of the header and the contents of all E blocks (32)
/// name     length in bytes (2), UTF-8
/// </code>
/// </remarks>
internal static class BackupFormat
{
    public const ushort Current = 1;
    public const byte Sessions = 1;
    public const byte Keys = 2;

    public const int HeaderSize = 16;
    public const int BlockHeaderSize = 5;

    // An envelope of the largest value with its names, and room.
    public const int MaxBlock = 16 * 1024 * 1024;

    public const byte Session = (byte)'S';
    public const byte Record = (byte)'R';
    public const byte Key = (byte)'K';
    public const byte EndOfSession = (byte)'E';
    public const byte EndOfFile = (byte)'Z';

    public static ReadOnlySpan<byte> Magic => "HSBK"u8;
}
