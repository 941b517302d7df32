namespace HybridStore.Audit;

/// <summary>What is wrong with a trail, at the first line that does not fit.</summary>
internal enum AuditFault
{
    /// <summary>The line is not what it was, or was put there by somebody who could not make its hash.</summary>
    Changed,

    /// <summary>The line before was replaced by another that fits by itself, or this one belongs to another trail.</summary>
    Unlinked,

    /// <summary>Lines before it are missing.</summary>
    Missing,

    /// <summary>It is not in its place: what should be here is elsewhere in the file, or this was here before.</summary>
    Reordered,

    /// <summary>It was cut short, and no line behind it says so.</summary>
    Torn,

    /// <summary>It is bound otherwise than with the key that was given, or with one where none was given.</summary>
    WrongKey,

    /// <summary>No line has the hash that was given: lines at the end were cut off, or all of it was written anew.</summary>
    HeadMissing,
}
