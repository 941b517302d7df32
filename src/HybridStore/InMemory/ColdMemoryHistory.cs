using System.Collections.Immutable;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The former versions of a session's records. A change makes another one.</summary>
internal sealed record ColdMemoryHistory
{
    /// <summary>The version up to which it is complete. Below the session's: a commit that keeps no history came after it.</summary>
    public long Through { get; init; }

    /// <summary>The versions that can be gone back to, the oldest first.</summary>
    public ImmutableSortedDictionary<long, AuthHistoryVersion> Versions { get; init; } = ImmutableSortedDictionary<long, AuthHistoryVersion>.Empty;

    /// <summary>The former versions of each record, the oldest first.</summary>
    public ImmutableSortedDictionary<AuthKey, ImmutableList<Former>> Records { get; init; } = ImmutableSortedDictionary.Create<AuthKey, ImmutableList<Former>>(Utf8Order.Keys);

    private long Oldest => Versions.IsEmpty ? 0 : Versions.First().Key;

    /// <summary>The history after a commit.</summary>
    /// <param name="before">The session before it.</param>
    /// <param name="after">The session after it, still with the history of before.</param>
    /// <param name="keys">The records that the commit touched.</param>
    /// <param name="retention">What is kept.</param>
    public static ColdMemoryHistory After(ColdMemorySession before, ColdMemorySession after, IEnumerable<AuthKey> keys, ColdHistoryRetention retention)
    {
        var history = before.Exists && before.History is { } found && found.Through == before.Version ? found
            : before.Exists ? Beginning(new AuthHistoryVersion(before.Version, before.UpdatedAt, Changes: 0, StoredBytes: 0))
            : new ColdMemoryHistory();
        var changes = 0;
        var bytes = 0L;
        var records = history.Records.ToBuilder();
        var tooOld = 0L;
        foreach (var key in keys.Distinct().Where(k => !retention.ExceptTypes.Contains(k.Type)))
        {
            var (old, now) = (before.Records.Find(key), after.Records.Find(key));
            if (!old.Exists && !now.Exists)
                continue;
            changes++;
            bytes += now.Exists ? now.Envelope.Length : 0;
            if (!old.Exists)
                continue;
            var former = records.GetValueOrDefault(key, []).Add(new Former(old, after.Version));
            records[key] = former;
            if (retention.MaxVersions is { } most && former.Count > most)
                tooOld = Math.Max(tooOld, former[former.Count - most - 1].ReplacedBy);
        }

        if (changes > 0 || !before.Exists)
            history = history with { Versions = history.Versions.SetItem(after.Version, new AuthHistoryVersion(after.Version, after.UpdatedAt, changes, bytes)), Records = records.ToImmutable() };
        if (retention.Period is { } period)
            tooOld = Math.Max(tooOld, history.Versions.Values.LastOrDefault(v => v.At <= after.UpdatedAt - period)?.Version ?? 0);
        return (history with { Through = after.Version }).From(tooOld);
    }

    /// <summary>The former versions of one record, newest first.</summary>
    public IEnumerable<AuthRecordVersion> Of(AuthKey key) => Records.GetValueOrDefault(key, []).Reverse()
        .Select(f => new AuthRecordVersion(f.Record.Version, f.ReplacedBy, Versions[f.ReplacedBy].At, f.Record.Envelope.Length));

    /// <summary>What the session had at a version and was replaced since.</summary>
    public IEnumerable<SealedRecord> ReplacedSince(long version) => Records.Values
        .Select(list => list.FirstOrDefault(f => f.Record.Version <= version && version < f.ReplacedBy)).OfType<Former>().Select(static f => f.Record);

    private static ColdMemoryHistory Beginning(AuthHistoryVersion at) => new() { Versions = ImmutableSortedDictionary<long, AuthHistoryVersion>.Empty.Add(at.Version, at) };

    private ColdMemoryHistory From(long version)
    {
        if (version <= Oldest)
            return this;
        var records = Records.ToBuilder();
        foreach (var (key, former) in Records)
        {
            var left = former.RemoveAll(f => f.ReplacedBy <= version);
            if (left.IsEmpty)
                records.Remove(key);
            else
                records[key] = left;
        }

        return this with { Versions = Versions.RemoveRange(Versions.Keys.TakeWhile(v => v < version)), Records = records.ToImmutable() };
    }

    /// <summary>A record as it was until a version replaced it.</summary>
    internal sealed record Former(SealedRecord Record, long ReplacedBy);
}
