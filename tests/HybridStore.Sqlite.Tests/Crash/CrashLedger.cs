using System.Globalization;
using HybridStore.Sqlite.CrashChild;

namespace HybridStore.Sqlite.Tests.Crash;

/// <summary>What the killed processes were told is kept, and whether it is there.</summary>
internal sealed class CrashLedger
{
    private readonly long[] _numbers = new long[CrashWorkload.Committers];
    private readonly long[] _versions = new long[CrashWorkload.Committers];
    private readonly Dictionary<AuthSessionId, long> _sessionVersions = [];
    private long _churnStep;

    /// <summary>How many commits were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>How many were kept though their acknowledgement was never heard.</summary>
    public long KeptUnheard { get; private set; }

    /// <summary>How many were made again, because they had not been kept.</summary>
    public long MadeAgain { get; private set; }

    /// <summary>Notes a line that a child said.</summary>
    public void Note(string line)
    {
        var words = line.Split(' ');
        if (words[0] is StoreCommitters.Opening or StoreCommitters.Ready)
            return;
        Acknowledged++;
        if (words[0] == "churn")
        {
            _churnStep = Parse(words[1]);
            return;
        }

        var committer = (int)Parse(words[0]);
        (_numbers[committer], _versions[committer]) = (Parse(words[1]), Parse(words[2]));
        NoteVersion(CrashWorkload.SessionOf(committer), _versions[committer]);
    }

    /// <summary>Checks a store that was opened after the kill, and repeats what may or may not have been kept.</summary>
    public async Task CheckAsync(IAuthStateStore store, Random random, CancellationToken cancellationToken)
    {
        for (var committer = 0; committer < CrashWorkload.Committers; committer++)
            await CheckCommitterAsync(store, committer, random, cancellationToken);
        await CheckChurnAsync(store, cancellationToken);
        foreach (var session in await ToListAsync(store.ListSessionsAsync(cancellationToken: cancellationToken)))
        {
            await foreach (var check in store.VerifyAsync(session.Id, cancellationToken))
                Assert.True(check.Fault is null, $"{check.Key} of {session.Id} does not open: {check.Fault}");
        }
    }

    private async Task CheckCommitterAsync(IAuthStateStore store, int committer, Random random, CancellationToken cancellationToken)
    {
        var session = CrashWorkload.SessionOf(committer);
        var keys = CrashWorkload.KeysOf(committer);
        var set = await store.GetManyAsync(session, keys, cancellationToken);
        Assert.True(
            set.SessionVersion >= _sessionVersions.GetValueOrDefault(session),
            $"{session} was at version {_sessionVersions.GetValueOrDefault(session)} and is at {set.SessionVersion}.");
        NoteVersion(session, set.SessionVersion);

        // The head says how many commits there are: all that were acknowledged, and at most the one under way.
        var number = CrashWorkload.NumberIn(set[0]);
        Assert.True(
            number == _numbers[committer] || number == _numbers[committer] + 1,
            $"Committer {committer} was told that its commit {_numbers[committer]} is kept; in the store is {number}.");
        for (var i = 0; i < keys.Count; i++)
        {
            var writer = CrashWorkload.WriterOf(committer, keys[i], number);
            Assert.True(
                writer == 0 ? !set[i].Exists : set[i].Exists && set[i].Value.Span.SequenceEqual(CrashWorkload.Value(committer, keys[i], writer)),
                $"After commit {number} of committer {committer}, {set[i]} holds commit {CrashWorkload.NumberIn(set[i])} and not all of {writer}: the patch is torn.");
            Assert.True(
                writer != number || set[i].Version == set[0].Version,
                $"Commit {number} of committer {committer} has versions {set[i].Version} and {set[0].Version}: the patch is torn.");
        }

        if (number == _numbers[committer])
            Assert.Equal(_versions[committer], set[0].Version);
        else
            KeptUnheard++;
        (_numbers[committer], _versions[committer]) = (number, set[0].Version);
        await RepeatAsync(store, committer, set[0], set.SessionVersion, random, cancellationToken);
    }

    private async Task RepeatAsync(
        IAuthStateStore store, int committer, AuthRecord head, long sessionVersion, Random random, CancellationToken cancellationToken)
    {
        var session = CrashWorkload.SessionOf(committer);
        var number = _numbers[committer];
        if (number > 0 && sessionVersion - head.Version < AuthLimits.RememberedCommits)
        {
            // Its condition was true before it; a repeat is recognised whatever changed since.
            var receipt = await store.CommitAsync(session, CrashWorkload.Patch(committer, number, headVersion: head.Version + 1), cancellationToken);
            Assert.Equal((head.Version, true), (receipt.Version, receipt.IsRepeat));
        }

        // The next one may have been under way when the process died, and was not kept: its repeat makes it, once.
        if (random.Next(2) == 0)
            return;
        var first = await store.CommitAsync(session, CrashWorkload.Patch(committer, number + 1, head.Version), cancellationToken);
        var second = await store.CommitAsync(session, CrashWorkload.Patch(committer, number + 1, head.Version), cancellationToken);
        Assert.False(first.IsRepeat);
        Assert.Equal(first with { IsRepeat = true }, second);
        (_numbers[committer], _versions[committer]) = (number + 1, first.Version);
        NoteVersion(session, first.Version);
        MadeAgain++;
    }

    private async Task CheckChurnAsync(IAuthStateStore store, CancellationToken cancellationToken)
    {
        var at = await store.GetManyAsync(CrashWorkload.Churn, [], cancellationToken);
        var step = CrashWorkload.ChurnStepAt(at.Incarnation, at.SessionVersion);
        Assert.True(step == _churnStep || step == _churnStep + 1, $"Step {_churnStep} of {CrashWorkload.Churn} was told to be kept; in the store is step {step}.");
        if (step != _churnStep)
            KeptUnheard++;
        _churnStep = step;
        var found = await ToListAsync(store.EnumerateAsync(CrashWorkload.Churn, cancellationToken: cancellationToken));
        var expected = CrashWorkload.ChurnRecordsAt(step);
        Assert.True(
            found.Count == expected.Count
            && found.Zip(expected).All(r => r.First.Key == r.Second.Key && r.First.Version == r.Second.Version && r.First.Value.Span.SequenceEqual(r.Second.Value)),
            $"After step {step}, {CrashWorkload.Churn} is torn: {found.Count} records, expected {expected.Count}.");
    }

    private void NoteVersion(AuthSessionId session, long version) =>
        _sessionVersions[session] = Math.Max(version, _sessionVersions.GetValueOrDefault(session));

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }
}
