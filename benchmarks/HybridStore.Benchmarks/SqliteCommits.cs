using System.Globalization;
using HybridStore.Codec;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>A tier on a new file, and commits for it.</summary>
internal static class SqliteCommits
{
    /// <summary>As long as an envelope of 256 bytes.</summary>
    public static readonly byte[] Envelope = new byte[256 + 53];

    private static readonly WrappedDataKey DataKey = new(new DataKeyId(1), new byte[80]);

    public static string Name(int session) => session.ToString("D3", CultureInfo.InvariantCulture);

    public static SqliteColdTier Open(string path) => new(new SqliteColdTierOptions { Path = path }, TimeProvider.System);

    public static ColdCommit Replace(int session, string id) => new()
    {
        Session = new AuthSessionId("bench", Name(session)),
        Incarnation = 1,
        SealedWith = DataKey.Id,
        Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [new SealedChange(new AuthKey("session", id), Envelope)] }],
    };

    /// <summary>Makes sessions from 0 on.</summary>
    public static async Task ImportAsync(IColdTier tier, int sessions, int records)
    {
        for (var i = 0; i < sessions; i++)
        {
            var import = new ColdImport
            {
                Session = new AuthSessionId("bench", Name(i)), Incarnation = 1, CommitId = CommitId.New(), DataKey = DataKey, Records = Records(records),
            };
            Must((await tier.ImportAsync(import, CancellationToken.None)).Status);
        }
    }

    public static void Must(ColdCommitStatus status)
    {
        if (status != ColdCommitStatus.Committed)
            throw new InvalidOperationException($"The commit was not kept: {status}.");
    }

#pragma warning disable CS1998 // A stream of what is in memory already.
    private static async IAsyncEnumerable<SealedChange> Records(int count)
    {
        for (var i = 0; i < count; i++)
            yield return new SealedChange(new AuthKey("session", i.ToString(CultureInfo.InvariantCulture)), Envelope);
    }
#pragma warning restore CS1998
}
