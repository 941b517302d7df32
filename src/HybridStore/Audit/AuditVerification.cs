namespace HybridStore.Audit;

/// <summary>What a verification found.</summary>
/// <param name="Lines">How many lines were read up to the first that does not fit, or to the end.</param>
/// <param name="TornLines">How many of them were cut short, and the line behind says so.</param>
/// <param name="Begins">What the first line continues; <see langword="null"/>: there is none.</param>
/// <param name="Head">The hash of the last line that fits; what a new file continues.</param>
/// <param name="HeadLine">The line that has the hash that was looked for.</param>
/// <param name="Fault">What is wrong; <see langword="null"/>: nothing.</param>
/// <param name="Line">In which line of the file, from 1.</param>
/// <param name="Message">The same for people.</param>
internal sealed record AuditVerification(long Lines, long TornLines, string? Begins, string? Head, long? HeadLine, AuditFault? Fault = null, long? Line = null, string? Message = null);
