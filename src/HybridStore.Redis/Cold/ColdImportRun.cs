using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>Takes a session in from a stream: in parts under keys that nobody reads, which become the session in one step.</summary>
internal sealed class ColdImportRun(ColdServer server, ColdImport import)
{
    // Large enough that the round trips do not count, small enough that nobody waits for one.
    private const int MaxRecords = 1_000;
    private const int MaxBytes = 1024 * 1024;

    // After a crash, what was staged goes by itself. Every part begins the time anew.
    private static readonly TimeSpan StagedFor = TimeSpan.FromHours(6);

    private readonly ColdKeys _keys = server.KeysOf(import.Session);
    private readonly string _number = Guid.NewGuid().ToString("N");
    private long _staged;

    public async ValueTask<ColdImportResult> RunAsync(CancellationToken cancellationToken)
    {
        // What can't be imported now is refused before its stream is read; what happens meanwhile is found at the end.
        var check = ColdReply.Array(await server.ReadAsync(
            ColdScript.ImportCheck, [_keys.Head, _keys.Commits], [server.Now, import.Incarnation, ColdReply.Id(import.CommitId)], "import", cancellationToken)
            .ConfigureAwait(false));
        if (ColdReply.Number(check[0]) != 0)
            return Answer(check);
        try
        {
            var result = await StageAsync(cancellationToken).ConfigureAwait(false) is { } twice
                ? new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = twice }
                : Answer(await PublishAsync(cancellationToken).ConfigureAwait(false));
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

    private static ColdImportResult Answer(RedisResult[] reply) => new() { Status = (ColdCommitStatus)ColdReply.Number(reply[0]), Head = ColdReply.Head(reply[1]) };

    /// <returns>A record that occurred twice, or <see langword="null"/>.</returns>
    private async ValueTask<AuthKey?> StageAsync(CancellationToken cancellationToken)
    {
        var part = NewPart();
        long bytes = 0;
        await foreach (var record in import.Records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ColdInput.CheckImported(record);
            if (part.Count >= 2 * MaxRecords || bytes >= MaxBytes)
            {
                if (await StageAsync(part, cancellationToken).ConfigureAwait(false) is { } twice)
                    return twice;
                part = NewPart();
                bytes = 0;
            }

            part.Add(ColdName.Encode(record.Key.Type, record.Key.Id));
            part.Add(ColdReply.FirstValue(record.Envelope!.Value.Span));
            bytes += record.Envelope.Value.Length;
        }

        return part.Count == 1 ? null : await StageAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private static List<RedisValue> NewPart() => [(long)StagedFor.TotalMilliseconds];

    private async ValueTask<AuthKey?> StageAsync(List<RedisValue> part, CancellationToken cancellationToken)
    {
        _staged += part.Count / 2;
        var twice = await server.WriteAsync(ColdScript.ImportStage, _keys.Staged(_number), [.. part], "import", null, cancellationToken).ConfigureAwait(false);
        return twice.IsNull ? null : ColdName.DecodeKey(ColdReply.Bytes(twice));
    }

    private async ValueTask<RedisResult[]> PublishAsync(CancellationToken cancellationToken)
    {
        RedisKey[] keys = [_keys.Head, _keys.Records, _keys.Order, _keys.Types, _keys.Commits, _keys.DataKeys, _keys.Sessions, .. _keys.Staged(_number)];
        RedisValue[] arguments =
        [
            server.Now, _keys.Name, import.Incarnation, ColdReply.Id(import.CommitId), ColdReply.KeyId(import.DataKey.Id), ColdReply.DataKey(import.DataKey), _staged,
        ];
        var reply = ColdReply.Array(await server.WriteAsync(
            ColdScript.ImportPublish, keys, arguments, "import", e => new CommitOutcomeUnknownException(import.Session, import.CommitId, e), cancellationToken).ConfigureAwait(false));
        return ColdReply.Number(reply[0]) != 0
            ? reply
            : throw new StoreUnavailableException("redis", $"What was staged of the import of {import.Session} is not on the server any more. Nothing was imported.");
    }

    private async ValueTask AbandonAsync()
    {
        if (_staged == 0)
            return;
        try
        {
            _ = await server.WriteAsync(ColdScript.Drop, _keys.Staged(_number), [], "import", null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException)
        {
            // Why the import ended matters more; what it left is nobody's, and goes in time.
        }
    }
}
