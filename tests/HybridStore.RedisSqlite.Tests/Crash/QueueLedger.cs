using System.Globalization;
using HybridStore.RedisSqlite.CrashChild;

namespace HybridStore.RedisSqlite.Tests.Crash;

/// <summary>What the killed processes were told is kept, and whether it is there.</summary>
internal sealed class QueueLedger
{
    private readonly long[] _numbers = new long[QueueWorkload.Committers];
    private readonly long[] _versions = new long[QueueWorkload.Committers];

    /// <summary>How many commits were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>How many sessions said that they may have lost something.</summary>
    public int RolledBack { get; private set; }

    /// <summary>Notes a line that a child said.</summary>
    public void Note(string line)
    {
        var words = line.Split(' ');
        if (words[0] == "rolledback")
        {
            RolledBack++;
            return;
        }

        Acknowledged++;
        var committer = (int)Parse(words[0]);
        (_numbers[committer], _versions[committer]) = (Parse(words[1]), Parse(words[2]));
    }

    /// <summary>Opens every session as the next process does, and checks it.</summary>
    /// <param name="store">A store of another process than those that were killed.</param>
    /// <param name="mayBeDoubtful">Whether hot was restarted while nobody could vouch for it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CheckAsync(HybridAuthStore store, bool mayBeDoubtful, CancellationToken cancellationToken)
    {
        foreach (var id in QueueWorkload.AllSessions)
        {
            await using var session = await QueueCommitters.OpenSessionAsync(store, id);
            var doubtful = session.IsRolledBack;
            Assert.True(!doubtful || mayBeDoubtful, $"{id} says that it was rolled back, though hot was never restarted while its holder was gone.");
            if (doubtful)
            {
                RolledBack++;
                await session.AcknowledgeRollbackAsync(cancellationToken);
            }

            for (var committer = 0; committer < QueueWorkload.Committers; committer++)
            {
                if (QueueWorkload.SessionOf(committer) == id)
                    await CheckAsync(session, committer, doubtful, cancellationToken);
            }
        }
    }

    private async Task CheckAsync(AuthSession session, int committer, bool doubtful, CancellationToken cancellationToken)
    {
        var keys = QueueWorkload.KeysOf(committer);
        var found = await session.GetManyAsync(keys, cancellationToken);

        // The head says how many commits there are: all that were acknowledged, and at most the one under way.
        var number = QueueWorkload.NumberIn(found[0]);
        Assert.True(
            number == _numbers[committer] || number == _numbers[committer] + 1,
            $"Committer {committer} was told that its commit {_numbers[committer]} is kept; in the store is {number}.");
        for (var i = 0; i < keys.Count; i++)
        {
            var writer = QueueWorkload.WriterOf(keys[i], number);
            Assert.True(
                writer == 0 ? !found[i].Exists : found[i].Exists && found[i].Value.Span.SequenceEqual(QueueWorkload.Value(keys[i], writer)) && found[i].Version == found[0].Version,
                $"After commit {number} of committer {committer}, {found[i]} holds commit {QueueWorkload.NumberIn(found[i])}: the patch is torn.");
        }

        if (number == _numbers[committer] && number > 0)
            Assert.Equal(_versions[committer], found[0].Version);
        (_numbers[committer], _versions[committer]) = (number, found[0].Version);
        if (number == 0 || doubtful || found.SessionVersion - found[0].Version >= AuthLimits.RememberedCommits)
            return;
        var receipt = await session.CommitAsync(QueueWorkload.Patch(committer, number), cancellationToken);
        Assert.Equal((found[0].Version, true), (receipt.Version, receipt.IsRepeat));
    }

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
