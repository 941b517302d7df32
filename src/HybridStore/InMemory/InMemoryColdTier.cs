using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>A cold tier in this process's memory: nothing outlives the process. For tests and for sessions that are thrown away.</summary>
/// <remarks>
/// It keeps the whole contract but the one thing that cold tiers are for, and is therefore never chosen by default. Several stores of one process can share
/// one; whoever disposes of it first ends it for all. Names of deleted sessions are remembered as they are, not hashed.
/// </remarks>
public sealed class InMemoryColdTier : IColdTier
{
    private readonly ColdMemory _memory;

    /// <summary>Creates an empty tier.</summary>
    /// <param name="timeProvider">The clock of leases and of the times that sessions carry; <see langword="null"/>: the system's.</param>
    public InMemoryColdTier(TimeProvider? timeProvider = null)
    {
        _memory = new ColdMemory(timeProvider ?? TimeProvider.System);
        Leases = new ColdMemoryLeases(_memory);
        History = new ColdMemoryHistoryReader(_memory);
        Keys = new ColdMemoryKeys(_memory);
    }

    /// <summary>All it has. Setting it to what it had before is what the restoration of a backup does to a database.</summary>
    internal ImmutableSortedDictionary<AuthSessionId, ColdMemorySession> Content
    {
        get => _memory.Sessions;
        set => _memory.GoBackTo(value);
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public IColdLeases Leases { get; }

    /// <inheritdoc/>
    public IColdHistory? History { get; }

    /// <inheritdoc/>
    public IColdKeys? Keys { get; }

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = _memory.Sessions;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        cancellationToken.ThrowIfCancellationRequested();
        var held = _memory.Find(session);
        var records = new SealedRecord[keys.Count];
        for (var i = 0; i < records.Length; i++)
            records[i] = held.Records.Find(keys[i]) is { Exists: true } record ? record : SealedRecord.Absent(keys[i]);
        return ValueTask.FromResult(new ColdRead
        {
            Head = held.HeadIfExists,
            LastEndedIncarnation = held.LastEndedIncarnation,
            Records = records,
            DataKeys = withDataKeys ? held.DataKeys : [],
            Commits = withDataKeys ? held.Commits.Marks.ToArray() : [],
        });
    }

    /// <inheritdoc/>
    public ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ColdInput.Check(commit);
        return ValueTask.FromResult(_memory.Change(commit.Session, (session, now) => ColdMemoryCommit.Apply(commit, session, now), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ColdInput.Check(import);
        return await new ColdMemoryImport(_memory, import).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        await Task.CompletedTask.ConfigureAwait(false);
        var incarnation = 0L;
        AuthKey? last = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // What is there now, each time: records come, go and change while they are enumerated.
            var held = _memory.Find(session);
            var found = held.Exists ? held.Incarnation : 0;
            if (incarnation != 0 && found != incarnation)
                throw new IncarnationEndedException(session, incarnation);
            incarnation = found;
            var next = last is null && type is not null ? held.Records.FirstOf(type) : held.Records.After(last);
            if (next is not { } record || (type is not null && record.Key.Type != type))
                yield break;
            yield return record;
            last = record.Key;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var (id, session) in _memory.Sessions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (session.Exists && (tenant is null || id.Tenant == tenant))
                yield return new ColdSession(id, session.Head);
        }
    }

    /// <inheritdoc/>
    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        cancellationToken.ThrowIfCancellationRequested();
        var held = _memory.Find(session);
        if (!held.Exists)
            return ValueTask.FromResult<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?>(null);
        var types = new List<AuthTypeSummary>();
        foreach (var record in held.Records)
        {
            if (types.Count == 0 || types[^1].Type != record.Key.Type)
                types.Add(new AuthTypeSummary(record.Key.Type, 0, 0));
            types[^1] = types[^1] with { Records = types[^1].Records + 1, StoredBytes = types[^1].StoredBytes + record.Envelope.Length };
        }

        return ValueTask.FromResult<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?>((held.Head, types));
    }

    /// <inheritdoc/>
    public ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        return ValueTask.FromResult(_memory.Change(session, static (held, _) =>
        {
            // A session that is held and was never created ends too, so that its holder is fenced.
            if (!held.Exists && held.LeaseHolder is null && held.AheadEpoch == 0)
                return (new ColdDeletion(false, held.Incarnation, held.EndedAtVersion, held.Epoch), held);
            var tombstone = ColdMemorySession.None with
            {
                Incarnation = held.Incarnation,
                EndedAtVersion = held.Exists ? held.Version : held.EndedAtVersion,
                Epoch = held.Epoch + 1,
            };
            return (new ColdDeletion(held.Exists, tombstone.Incarnation, tombstone.EndedAtVersion, tombstone.Epoch), tombstone);
        }, cancellationToken));
    }

    /// <summary>Forgets everything.</summary>
    public ValueTask DisposeAsync()
    {
        _memory.Close();
        return ValueTask.CompletedTask;
    }
}
