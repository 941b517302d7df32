using System.Collections.Immutable;

namespace HybridStore.Properties.Programs;

/// <summary>What a session is, said as simply as can be: everything it ever was, and the commits of its present life.</summary>
internal sealed class SessionModel
{
    private readonly List<Snapshot> _history = [Snapshot.Nothing with { }];
    private readonly Dictionary<CommitId, long> _commits = [];

    public IReadOnlyList<Snapshot> History => _history;

    public Snapshot Now => _history[^1];

    public bool TryFindCommit(CommitId id, out long version) => _commits.TryGetValue(id, out version);

    public void Commit(CommitId id, IEnumerable<(AuthKey Key, byte[]? Value)> changes, DateTimeOffset at)
    {
        var before = Now;
        var begins = !before.Exists;
        var version = before.Version + 1;
        var records = before.Records;
        foreach (var (key, value) in changes)
            records = value is null ? records.Remove(key) : records.SetItem(key, (version, value));
        Next(new Snapshot(begins ? before.Incarnation + 1 : before.Incarnation, version, records, begins ? at : before.CreatedAt, at), at);
        _commits[id] = version;
    }

    public void Delete(DateTimeOffset at)
    {
        if (!Now.Exists)
            return;
        Next(Snapshot.Nothing with { Incarnation = Now.Incarnation, Records = ImmutableDictionary<AuthKey, (long Version, byte[] Value)>.Empty }, at);
        _commits.Clear();
    }

    private void Next(Snapshot snapshot, DateTimeOffset at)
    {
        Now.ReplacedAt = at;
        _history.Add(snapshot);
    }
}
