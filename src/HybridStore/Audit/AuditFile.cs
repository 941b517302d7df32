using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace HybridStore.Audit;

/// <summary>Reads a trail, while others may write it.</summary>
internal static class AuditFile
{
    // Far above what a line can have: names are bounded.
    private const int MaxLineBytes = 64 * 1024;

    /// <summary>Streams the lines of a file as it is now.</summary>
    /// <exception cref="AuditTrailException">It can't be read.</exception>
    public static async IAsyncEnumerable<AuditFileLine> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new AuditTrailException($"The audit trail {path} can't be read: {e.Message.TrimEnd('.')}.", e) { Path = path };
        }

        await using var _ = file.ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        var line = new MemoryStream();
        var (number, isCut) = (1L, false);
        while (await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            for (var at = 0; at < read;)
            {
                var end = buffer.AsSpan(at, read - at).IndexOf((byte)'\n');
                var part = end < 0 ? read - at : end;

                // What is no line may be of any length; all of it is hashed by nobody, and a part of it is enough to say so.
                var room = (int)Math.Min(part, MaxLineBytes - line.Length);
                line.Write(buffer, at, room);
                isCut |= room < part;
                at += part + 1;
                if (end < 0)
                    break;
                yield return Line(number++, line, isCut, isEnded: true);
                line.SetLength(0);
                isCut = false;
            }
        }

        if (line.Length > 0)
            yield return Line(number, line, isCut, isEnded: false);
    }

    /// <summary>Verifies a trail from its first line to its last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="chain">How its lines are bound.</param>
    /// <param name="begins">What the first line is to continue; <see langword="null"/>: whatever it says, if its number is 1.</param>
    /// <param name="head">A hash that a line is to have; <see langword="null"/>: any.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<AuditVerification> VerifyAsync(string path, AuditChain chain, string? begins, string? head, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = LengthOf(path);
            var found = await VerifyOnceAsync(path, chain, begins, head, cancellationToken).ConfigureAwait(false);

            // Somebody was writing the line that looked as if it were cut short.
            if (found.Fault != AuditFault.Torn || LengthOf(path) == length)
                return found;
        }
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static async ValueTask<AuditVerification> VerifyOnceAsync(string path, AuditChain chain, string? begins, string? head, CancellationToken cancellationToken)
    {
        var found = new AuditVerification(0, 0, null, null, null);
        var (number, previous) = (0L, begins);
        AuditFileLine? waiting = null;
        await foreach (var line in ReadAsync(path, cancellationToken).ConfigureAwait(false))
        {
            // Of a line that was cut short, the one behind it tells.
            if (waiting is { } before)
            {
                if (line.IsClosingOf(before, chain))
                    found = found with { Lines = found.Lines + 1, TornLines = found.TornLines + 1 };
                else if (Take(before) is { } fault)
                    return await ExplainAsync(path, found, before, number, fault, cancellationToken).ConfigureAwait(false);
            }

            waiting = line;
        }

        if (waiting is { } last)
        {
            if (!last.IsEnded)
            {
                return found with
                {
                    Fault = AuditFault.Torn,
                    Line = last.Number,
                    Message = $"Line {last.Number} was cut short, at the end of the file. What it was to record was not acknowledged; the next entry says so in the line behind it.",
                };
            }

            if (Take(last) is { } fault)
                return await ExplainAsync(path, found, last, number, fault, cancellationToken).ConfigureAwait(false);
        }

        return head is null || found.HeadLine is not null
            ? found
            : found with { Fault = AuditFault.HeadMissing, Message = $"No line has the hash {head}: lines at the end were cut off, or the file was written anew." };

        AuditFault? Take(AuditFileLine line)
        {
            if (line.Read is not { } read)
                return AuditFault.Changed;
            if (read.Chain != chain.Name)
                return AuditFault.WrongKey;
            if (!read.Fits(line.Bytes, chain))
                return AuditFault.Changed;
            if (read.Number != number + 1)
                return read.Number > number + 1 ? AuditFault.Missing : AuditFault.Reordered;
            if (previous is not null && read.Previous != previous)
                return AuditFault.Unlinked;
            (number, previous) = (read.Number, read.Hash);
            found = found with
            {
                Lines = found.Lines + 1,
                Begins = found.Begins ?? read.Previous,
                Head = read.Hash,
                HeadLine = found.HeadLine ?? (read.Hash == head ? line.Number : null),
            };
            return null;
        }
    }

    private static async ValueTask<AuditVerification> ExplainAsync(
        string path, AuditVerification found, AuditFileLine line, long number, AuditFault fault, CancellationToken cancellationToken)
    {
        if (fault == AuditFault.Missing)
        {
            await foreach (var later in ReadAsync(path, cancellationToken).ConfigureAwait(false))
            {
                if (later.Number > line.Number && later.Read?.Number == number + 1)
                    fault = AuditFault.Reordered;
            }
        }

        var message = fault switch
        {
            AuditFault.Changed => "is not what was written: it was changed, or somebody put it there",
            AuditFault.WrongKey => $"is bound with {line.Read!.Chain}: another key, or none, or one that was not given",
            AuditFault.Missing => $"has the number {line.Read!.Number}, behind {number}: lines before it are missing",
            AuditFault.Reordered => $"has the number {line.Read!.Number}, behind {number}: it is not in its place",
            _ when line.Number == 1 => "does not continue the file before: it begins after another hash",
            _ => "does not continue the line before it: that one was replaced, or this one belongs elsewhere",
        };
        return found with { Fault = fault, Line = line.Number, Message = $"Line {line.Number} {message}." };
    }

    private static AuditFileLine Line(long number, MemoryStream line, bool isCut, bool isEnded)
    {
        var bytes = line.ToArray();
        return new AuditFileLine(number, bytes, isEnded, isCut ? null : AuditLine.TryRead(bytes));
    }
}

/// <summary>A line of the file.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Bytes">Without its line feed.</param>
/// <param name="IsEnded">Whether it has one.</param>
/// <param name="Read">What it says; <see langword="null"/>: it is no line of a trail.</param>
internal sealed record AuditFileLine(long Number, byte[] Bytes, bool IsEnded, AuditLine? Read)
{
    /// <summary>Whether it says that the line before it was cut short, and fits itself.</summary>
    public bool IsClosingOf(AuditFileLine before, AuditChain chain) =>
        Read is { Kind: AuditLine.TornKind, Torn: { } torn } && torn == Convert.ToHexStringLower(SHA256.HashData(before.Bytes)) && Read.Chain == chain.Name && Read.Fits(Bytes, chain);
}
