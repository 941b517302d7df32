using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Takes a session in from a stream: in one transaction if it is small, else in parts under a row that nobody sees until the last part.</summary>
internal sealed class SqliteImport(SqliteWriter writer, ColdImport import)
{
    // Each part costs a flush, and holds up other writers while it is written: large enough for the one, small enough for the other.
    private const int MaxRecords = 16_384;
    private const int MaxBytes = 4 * 1024 * 1024;

    private long _loadingId;
    private Task<ImportStepResult>? _writing;

    public async ValueTask<ColdImportResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not CommitOutcomeUnknownException)
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<ColdImportResult> LoadAsync(CancellationToken cancellationToken)
    {
        var part = new List<SealedChange>();
        long bytes = 0;
        await foreach (var record in import.Records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ColdInput.CheckImported(record);
            if (part.Count >= MaxRecords || bytes >= MaxBytes)
            {
                if (await FinishAsync().ConfigureAwait(false) is { Refusal: { } refusal })
                    return await EndAsync(refusal).ConfigureAwait(false);
                Begin(part, isLast: false, bytes, cancellationToken);
                part = [];
                bytes = 0;
            }

            part.Add(record);
            bytes += record.Envelope!.Value.Length;
        }

        if (await FinishAsync().ConfigureAwait(false) is { Refusal: { } late })
            return await EndAsync(late).ConfigureAwait(false);
        Begin(part, isLast: true, bytes, cancellationToken);
        var end = (await FinishAsync().ConfigureAwait(false))!;
        return end.Refusal is { } refused
            ? await EndAsync(refused).ConfigureAwait(false)
            : new ColdImportResult { Status = ColdCommitStatus.Committed, Head = end.Head };
    }

    // The stream goes on while a part is written: at most two are in memory.
    private void Begin(List<SealedChange> part, bool isLast, long bytes, CancellationToken cancellationToken) =>
        _writing = writer.RunAsync(new ImportStep(import, _loadingId, part, isLast, bytes), cancellationToken).AsTask();

    private async ValueTask<ImportStepResult?> FinishAsync()
    {
        if (_writing is not { } writing)
            return null;
        _writing = null;
        var result = await writing.ConfigureAwait(false);
        if (result.Refusal is null)
            _loadingId = result.LoadingId;
        return result;
    }

    private async ValueTask<ColdImportResult> EndAsync(ColdImportResult refusal)
    {
        await AbandonAsync().ConfigureAwait(false);
        return refusal;
    }

    private async ValueTask AbandonAsync()
    {
        try
        {
            // Which row to give up is known only when the part that makes it is written.
            await FinishAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException or OperationCanceledException)
        {
            // The failure that brought us here is what the caller hears of.
        }

        if (_loadingId == 0)
            return;
        try
        {
            _ = await writer.RunAsync(new ImportAbandonment(import.Session, _loadingId), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException)
        {
            // Why the import ended matters more; what it left is nobody's, and is removed by the next one to write this session, or in time.
        }
    }
}
