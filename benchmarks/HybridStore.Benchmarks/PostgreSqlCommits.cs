using System.Globalization;
using System.Security.Cryptography;
using HybridStore.Codec;
using HybridStore.PostgreSql;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>Sessions on the PostgreSQL tier, and the commits that replace one of their records.</summary>
internal static class PostgreSqlCommits
{
    private static readonly WrappedDataKey Key = new(new DataKeyId(1), new byte[93]);

    /// <summary>As large as a sealed Signal session of one device.</summary>
    public static readonly byte[] Envelope = RandomNumberGenerator.GetBytes(256 + 53);

    public static AuthSessionId SessionOf(int number) => new("bench", number.ToString(CultureInfo.InvariantCulture));

    public static async Task<PostgreSqlColdTier> OpenAsync(string connectionString, int sessions, int records)
    {
        var tier = new PostgreSqlColdTier(connectionString, new PostgreSqlColdTierOptions { OperationTimeout = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < sessions; i++)
        {
            var import = new ColdImport { Session = SessionOf(i), Incarnation = 1, CommitId = CommitId.New(), DataKey = Key, Records = RecordsAsync(records) };
            Must((await tier.ImportAsync(import, CancellationToken.None)).Status);
        }

        return tier;
    }

    public static ColdCommit Replace(int session, params IEnumerable<int> records) => new()
    {
        Session = SessionOf(session),
        Incarnation = 1,
        SealedWith = Key.Id,
        Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [.. records.Select(static r => new SealedChange(KeyOf(r), Envelope))] }],
    };

    public static AuthKey KeyOf(int record) => new(AuthKeyTypes.Session, record.ToString("D6", CultureInfo.InvariantCulture));

    public static void Must(ColdCommitStatus status)
    {
        if (status != ColdCommitStatus.Committed)
            throw new InvalidOperationException($"The commit was not made: {status}.");
    }

    private static async IAsyncEnumerable<SealedChange> RecordsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            yield return new SealedChange(KeyOf(i), Envelope);
        await Task.CompletedTask;
    }
}
