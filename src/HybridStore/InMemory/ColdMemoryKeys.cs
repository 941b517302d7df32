using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The ring and the changing of keys in memory.</summary>
internal sealed class ColdMemoryKeys(ColdMemory memory) : IColdKeys
{
    public ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(memory.Ring);
    }

    public ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ColdInput.CheckRing(expectedVersion, content);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(memory.TryWriteRing(expectedVersion, content.ToArray()));
    }

    public ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        ColdInput.Check(keys);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(keys.Count(key => memory.Change(key.Session, (session, _) => Rewrap(session, key), CancellationToken.None)));
    }

    public ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ColdInput.Check(addition);
        return ValueTask.FromResult(memory.Change(addition.Session, (session, _) => Add(session, addition), cancellationToken));
    }

    public ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        ColdInput.Check(session, records);
        return ValueTask.FromResult(memory.Change(session, (held, _) => Replace(held, incarnation, records), cancellationToken));
    }

    private static bool IsOf(ColdMemorySession session, long incarnation) => session.Exists && session.Incarnation == incarnation;

    private static (bool Done, ColdMemorySession After) Rewrap(ColdMemorySession session, DataKeyRewrap key)
    {
        var place = IsOf(session, key.Incarnation) ? session.DataKeys.FindIndex(k => k.Id == key.Id && k.Bytes.Span.SequenceEqual(key.Before.Span)) : -1;
        return place < 0
            ? (false, session)
            : (true, session with { DataKeys = session.DataKeys.SetItem(place, session.DataKeys[place] with { Bytes = key.After.ToArray() }) });
    }

    private static (bool Done, ColdMemorySession After) Add(ColdMemorySession session, DataKeyAddition addition)
    {
        if (!IsOf(session, addition.Incarnation))
            return (false, session);
        if (session.DataKeys[0].Id == addition.Key.Id)
            return (true, session);
        return session.DataKeys[0].Id == addition.After
            ? (true, session with { DataKeys = session.DataKeys.Insert(0, addition.Key with { Bytes = addition.Key.Bytes.ToArray() }) })
            : (false, session);
    }

    private static (int Replaced, ColdMemorySession After) Replace(ColdMemorySession session, long incarnation, IReadOnlyList<SealedRecord> records)
    {
        if (!IsOf(session, incarnation))
            return (0, session);
        var after = session.Records.ToBuilder();
        var replaced = 0;
        foreach (var record in records)
        {
            if (after.Find(record.Key).Version != record.Version)
                continue;
            after.Apply(new SealedChange(record.Key, record.Envelope), record.Version);
            replaced++;
        }

        return replaced == 0 ? (0, session) : (replaced, session with { Records = after.ToImmutable() });
    }
}
