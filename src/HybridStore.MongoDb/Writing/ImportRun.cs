using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Writing;

/// <summary>
/// Takes a session in from a stream: in one transaction if it is small, else in parts under a life that nobody sees until the last part publishes it. Whoever
/// else creates the session meanwhile, or takes its lease, is left alone: the import finds out with its next part and ends.
/// </summary>
internal sealed class ImportRun(MongoDbStore store, Transactions transactions, Tidying tidying, ColdImport import)
{
    private readonly ObjectId _life = ObjectId.GenerateNewId();
    private bool _began;

    public async ValueTask<ColdImportResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await LoadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Status != ColdCommitStatus.Committed)
                await AbandonAsync().ConfigureAwait(false);
            return result;
        }
        catch (Exception e) when (e is not CommitOutcomeUnknownException)
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<ColdImportResult> LoadAsync(CancellationToken cancellationToken)
    {
        var part = new ImportPart();
        await foreach (var record in import.Records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ColdInput.CheckImported(record);
            if (part.IsFull)
            {
                if (await WriteAsync(part, isLast: false, cancellationToken).ConfigureAwait(false) is { } end)
                    return end;
                part = new ImportPart();
            }

            if (!part.TryAdd(record))
                return new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = record.Key };
        }

        return (await WriteAsync(part, isLast: true, cancellationToken).ConfigureAwait(false))!;
    }

    private async ValueTask<ColdImportResult?> WriteAsync(ImportPart part, bool isLast, CancellationToken cancellationToken)
    {
        var step = new ImportStep(store, import, _life, part.Records, isFirst: !_began, isLast);
        _began = true;
        var result = await transactions.RunAsync(
            "import",
            import.Session,
            step.RunAsync,
            isLast ? e => new CommitOutcomeUnknownException(import.Session, import.CommitId, e) : null,
            cancellationToken).ConfigureAwait(false);
        if (step.LeavesPurge)
            tidying.Begin();
        return result;
    }

    private async ValueTask AbandonAsync()
    {
        if (!_began)
            return;
        try
        {
            if (await transactions.RunAsync("import", import.Session, new AbandonTransaction(store, import.Session, _life).RunAsync, null, CancellationToken.None).ConfigureAwait(false))
                tidying.Begin();
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException)
        {
            // Why the import ended matters more; what it left is nobody's, and is removed by the next one to write this session, or in time.
        }
    }
}
