using System.Runtime.CompilerServices;
using HybridStore.Sqlite.Reading;
using HybridStore.Tiers;

namespace HybridStore.Sqlite;

/// <summary>The former versions of records, in pages: nothing stays open between them.</summary>
internal sealed class SqliteHistory(SqliteStore store) : IColdHistory
{
    public async IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var below = long.MaxValue;
        while (open.Readers.Use((session, below), static (reader, q) => reader.History.Versions(q.session, q.below)) is { Count: > 0 } page)
        {
            foreach (var version in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return version;
            }

            below = page[^1].Version;
        }
    }

    public async IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check([key]);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var below = long.MaxValue;
        while (open.Readers.Use((session, key, below), static (reader, q) => reader.History.Versions(q.session, q.key, q.below)) is { Count: > 0 } page)
        {
            foreach (var version in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return version;
            }

            below = page[^1].ReplacedBy;
        }
    }

    public async IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var open = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var page = new RecordPage(type: null);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Next();
            _ = open.Readers.Use((session, version, page), static (reader, q) => reader.History.Replaced(q.session, q.version, q.page));
            foreach (var record in page.Records)
                yield return record;
        }
        while (!page.HasRoom);
    }
}
