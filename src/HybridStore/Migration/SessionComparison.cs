using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>Compares a session in two stores, byte by byte.</summary>
internal sealed class SessionComparison(IColdTier from, IColdTier to)
{
    private const int MostDifferences = 100;

    /// <summary>Compares once.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found; <see langword="null"/>: the source changed meanwhile, so that nothing was compared at one version.</returns>
    public async ValueTask<MigratedSession?> RunAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var source = await from.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        if (source.Head is not { } head)
            return null;
        var target = await to.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        var differences = new List<MigrationDifference>();
        CompareHeads(source, target, differences);
        long records = 0, bytes = 0;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await foreach (var pair in RecordPair.EnumerateAsync(from, to, session, cancellationToken).ConfigureAwait(false))
            {
                if (pair.Source.Exists)
                {
                    records++;
                    bytes += pair.Source.Envelope.Length;
                    Append(digest, pair.Source);
                }

                if (!pair.IsSame && differences.Count < MostDifferences)
                    differences.Add(new MigrationDifference(KindOf(pair), pair.Key));
            }
        }
        catch (IncarnationEndedException)
        {
            return null;
        }

        var after = await from.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        if (after.Head is null || (after.Head.Incarnation, after.Head.Version) != (head.Incarnation, head.Version))
            return null;
        return new MigratedSession(session, differences.Count == 0 ? MigrationOutcome.Copied : MigrationOutcome.Different)
        {
            Incarnation = head.Incarnation,
            Version = head.Version,
            Records = records,
            Bytes = bytes,
            Digest = Convert.ToHexStringLower(digest.GetHashAndReset()),
            Differences = differences,
        };
    }

    private static void CompareHeads(ColdRead source, ColdRead target, List<MigrationDifference> differences)
    {
        if (target.Head is not { } copy)
        {
            differences.Add(new MigrationDifference(MigrationDifferenceKind.Missing));
            return;
        }

        var head = source.Head!;
        if ((head.Incarnation, head.Version) != (copy.Incarnation, copy.Version))
            differences.Add(new MigrationDifference(MigrationDifferenceKind.Version));
        if (head.RolledBackAt != 0 != (copy.RolledBackAt != 0))
            differences.Add(new MigrationDifference(MigrationDifferenceKind.RollbackMark));
        if (!source.DataKeys.Select(static k => (k.Id, Convert.ToHexString(k.Bytes.Span))).SequenceEqual(target.DataKeys.Select(static k => (k.Id, Convert.ToHexString(k.Bytes.Span)))))
            differences.Add(new MigrationDifference(MigrationDifferenceKind.DataKeys));

        // The target may know more: names of parts.
        if (!source.Commits.All(target.Commits.Contains))
            differences.Add(new MigrationDifference(MigrationDifferenceKind.Commits));
    }

    private static MigrationDifferenceKind KindOf(RecordPair pair) =>
        !pair.Target.Exists ? MigrationDifferenceKind.RecordMissing
        : !pair.Source.Exists ? MigrationDifferenceKind.RecordAdded
        : pair.Source.Version != pair.Target.Version ? MigrationDifferenceKind.RecordVersion
        : MigrationDifferenceKind.Envelope;

    // Every part with its length, so that no two lists of records give the same bytes.
    private static void Append(IncrementalHash digest, SealedRecord record)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        Append(digest, Encoding.UTF8.GetBytes(record.Key.Type));
        Append(digest, Encoding.UTF8.GetBytes(record.Key.Id));
        BinaryPrimitives.WriteInt64BigEndian(number, record.Version);
        digest.AppendData(number);
        Append(digest, record.Envelope.Span);
    }

    private static void Append(IncrementalHash digest, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        digest.AppendData(length);
        digest.AppendData(part);
    }
}
