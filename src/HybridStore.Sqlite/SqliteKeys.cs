using HybridStore.Sqlite.Writing;
using HybridStore.Tiers;

namespace HybridStore.Sqlite;

/// <summary>The ring of master keys and the changing of keys.</summary>
internal sealed class SqliteKeys(SqliteStore store) : IColdKeys
{
    public async ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken)
    {
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return open.Readers.Use(0, static (reader, _) => reader.ReadKeyRing());
    }

    public ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ColdInput.CheckRing(expectedVersion, content);
        return RunAsync(new WriteKeyRing(expectedVersion, content), cancellationToken);
    }

    public ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        ColdInput.Check(keys);
        return RunAsync(new RewrapDataKeys(keys), cancellationToken);
    }

    public ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ColdInput.Check(addition);
        return RunAsync(new AddDataKey(addition), cancellationToken);
    }

    public ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        ColdInput.Check(session, records);
        return RunAsync(new ReplaceEnvelopes(session, incarnation, records), cancellationToken);
    }

    private async ValueTask<T> RunAsync<T>(WriteWork<T> work, CancellationToken cancellationToken)
    {
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(work, cancellationToken).ConfigureAwait(false);
    }
}
