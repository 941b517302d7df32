using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The embedded hot tier: envelopes in this process's memory, within a budget of bytes.</summary>
/// <remarks>
/// It is neither durable nor shared, so it takes no queued commits (protocol rule 9); it holds envelopes like every tier, and eviction takes
/// whole sessions, the least recently used first.
/// </remarks>
public sealed class InMemoryHotTier : IHotTier
{
    // Generations are kept by stripe and not by session, so that they outlive an evicted session without growing with the number of sessions.
    // A stripe shared by two sessions costs a dropped fill, never a wrong one.
    private const int Stripes = 1024;

    private readonly ConcurrentDictionary<AuthSessionId, InMemorySession> _sessions = new();
    private readonly long[] _generations = new long[Stripes];
    private readonly long _budget;
    private long _bytes;
    private long _clock;

    /// <summary>Creates the tier.</summary>
    /// <param name="budgetBytes">The most bytes of envelopes and keys to hold, from 1; what one session alone has above it is not kept.</param>
    public InMemoryHotTier(long budgetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetBytes);
        _budget = budgetBytes;
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public string RunId { get; } = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public IHotOutbox? Outbox => null;

    /// <inheritdoc/>
    public IHotChanges? Changes => null;

    /// <summary>How many bytes are held now.</summary>
    public long HeldBytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public ValueTask<HotRead> ReadAsync(
        AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        var records = new SealedRecord?[keys.Count];
        if (!_sessions.TryGetValue(session, out var held))
            return ValueTask.FromResult(Nothing(session, records));

        lock (held.Sync)
        {
            if (held.Meta is not { } meta)
                return ValueTask.FromResult(Nothing(session, records));

            held.LastUse = Interlocked.Increment(ref _clock);
            for (var i = 0; i < records.Length; i++)
                records[i] = held.Find(keys[i]);
            return ValueTask.FromResult(new HotRead
            {
                Meta = meta,
                RunId = RunId,
                Generation = Generation(session),
                Records = records,
                DataKeys = withDataKeys ? held.DataKeys : [],
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Change(fill.Session, held =>
        {
            if (Generation(fill.Session) != fill.Generation || held.IsNewerThan(fill.Meta))
                return false;
            held.MoveTo(fill.Meta, keepRecords: held.IsAt(fill.Meta.Incarnation, fill.Meta.Version));
            foreach (var record in fill.Records)
                held.Put(record);
            if (fill.DataKeys.Count > 0)
                held.PutDataKeys(fill.DataKeys);
            return true;
        }));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Change(apply.Session, held =>
        {
            // At or beyond the commit already: its changes are in, or were overtaken.
            if (held.IsNewerThan(apply.Meta) || held.IsAt(apply.Meta.Incarnation, apply.Meta.Version))
                return true;
            held.MoveTo(apply.Meta, keepRecords: held.IsAt(apply.Meta.Incarnation, apply.PreviousVersion));
            foreach (var change in apply.Changes)
                held.Put(change.Envelope is { } envelope ? new SealedRecord(change.Key, change.VersionIn(apply.Meta.Version), envelope) : SealedRecord.Absent(change.Key));
            return true;
        }));
    }

    /// <inheritdoc/>
    public ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Evict(session);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var installed = Change(lease.Session, held =>
        {
            if (held.Epoch > lease.Epoch)
                return false;
            held.Epoch = lease.Epoch;
            return true;
        });
        return ValueTask.FromResult(new HotInstallation(installed, RunId, Former: null));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Keys)
            Evict(session);
        return ValueTask.CompletedTask;
    }

    private HotRead Nothing(AuthSessionId session, SealedRecord?[] records) =>
        new() { RunId = RunId, Generation = Generation(session), Records = records };

    private long Generation(AuthSessionId session) => Volatile.Read(ref _generations[Stripe(session)]);

    private static int Stripe(AuthSessionId session) => (int)((uint)session.GetHashCode() % Stripes);

    private bool Change(AuthSessionId session, Func<InMemorySession, bool> change)
    {
        while (true)
        {
            var held = _sessions.GetOrAdd(session, static _ => new InMemorySession());
            bool changed;
            lock (held.Sync)
            {
                // Evicted between the look-up and the lock: what is written to it would be lost.
                if (held.IsRemoved)
                    continue;
                held.LastUse = Interlocked.Increment(ref _clock);
                var before = held.Bytes;
                changed = change(held);
                Interlocked.Add(ref _bytes, held.Bytes - before);
            }

            // Outside the lock: making room takes those of others. What was refused stays so, whoever it was that went over the budget.
            if (HeldBytes > _budget)
                MakeRoom();
            return changed;
        }
    }

    private void MakeRoom()
    {
        // To nine tenths, so that the search for the least recently used isn't made for every commit at the brim.
        var target = _budget - (_budget / 10);
        foreach (var (session, _) in _sessions.OrderBy(static s => s.Value.LastUse))
        {
            if (HeldBytes <= target)
                return;
            Evict(session);
        }
    }

    private void Evict(AuthSessionId session)
    {
        // The generation first: a fill that has not looked at it yet is dropped, and one that has is already in the dictionary and found below.
        Interlocked.Increment(ref _generations[Stripe(session)]);
        if (!_sessions.TryGetValue(session, out var held))
            return;
        lock (held.Sync)
        {
            if (held.IsRemoved)
                return;
            held.IsRemoved = true;
            Interlocked.Add(ref _bytes, -held.Bytes);
            _sessions.TryRemove(new KeyValuePair<AuthSessionId, InMemorySession>(session, held));
        }
    }
}
