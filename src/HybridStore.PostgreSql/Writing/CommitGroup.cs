using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Writing;

/// <summary>
/// Group commit: commits of any sessions that wait at the same time are one round trip, one transaction and one flush. Each can still fail alone: after an error
/// that undid them all, each is tried by itself. Nobody is told anything before the server has said that the transaction is over.
/// </summary>
internal sealed class CommitGroup(PostgreSqlDatabase database, Func<DateTimeOffset?> now)
{
    // For one session that somebody else is writing, its neighbours in the group don't wait longer.
    private const string NeighboursPatience = "SELECT set_config('lock_timeout', '1s', true)";

    private const int MaxAlone = 8;

    /// <summary>Makes the commits and tells their callers. Never throws.</summary>
    public async Task RunAsync(List<CommitWork> works)
    {
        if (works.Count > 1)
        {
            // Every process goes through sessions in one order: groups wait for each other, and never in a circle. Of one session, the order is that of the callers.
            works = [.. works.OrderBy(static w => w.Commit.Session, SessionOrder.Instance)];
            if (await TryTogetherAsync(works).ConfigureAwait(false))
                return;
        }

        await Parallel.ForEachAsync(
            works, new ParallelOptions { MaxDegreeOfParallelism = MaxAlone }, async (work, _) => await RunAloneAsync(work).ConfigureAwait(false)).ConfigureAwait(false);
    }

    // False: certainly nothing of them was kept, and each is to be tried alone.
    private async Task<bool> TryTogetherAsync(List<CommitWork> works)
    {
        try
        {
            var results = await database.WriteAsync("commit", (connection, deadline) => SendAsync(connection, works, deadline), Whole, CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < works.Count; i++)
                works[i].Complete(results[i]);
            return true;
        }
        catch (OutcomeUnknownException e)
        {
            foreach (var work in works)
                work.Fail(Unknown(work, e.InnerException!));
            return true;
        }
        catch (StoreUnavailableException e) when (!PostgreSqlErrors.IsAnswer(e))
        {
            // Without a connection, none of them needs to wait for one again.
            foreach (var work in works)
                work.Fail(e);
            return true;
        }
        catch (Exception e) when (e is AuthStoreException)
        {
            return false;
        }
        catch (Exception e)
        {
            foreach (var work in works)
                work.Fail(e);
            return true;
        }
    }

    private async Task RunAloneAsync(CommitWork work)
    {
        try
        {
            var results = await database.WriteAsync(
                "commit", (connection, deadline) => SendAsync(connection, [work], deadline), e => Unknown(work, e), CancellationToken.None).ConfigureAwait(false);
            work.Complete(results[0]);
        }
        catch (Exception e)
        {
            work.Fail(e);
        }
    }

    private async Task<ColdCommitResult[]> SendAsync(NpgsqlConnection connection, List<CommitWork> works, CancellationToken deadline)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        if (works.Count > 1)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(NeighboursPatience));
        foreach (var work in works)
            CommitStatement.AddTo(batch, database, work.Commit, now());
        if (database.Prepares)
            await batch.PrepareAsync(deadline).ConfigureAwait(false);

        var results = new ColdCommitResult[works.Count];
        var rows = await batch.ExecuteReaderAsync(deadline).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            if (works.Count > 1)
                _ = await rows.NextResultAsync(deadline).ConfigureAwait(false);
            for (var i = 0; i < works.Count; i++)
            {
                _ = await rows.ReadAsync(deadline).ConfigureAwait(false);
                results[i] = CommitStatement.Read(rows, works[i].Commit);

                // After the last one, this waits for the server to be ready again: only then the transaction is over. The rows come before it.
                _ = await rows.NextResultAsync(deadline).ConfigureAwait(false);
            }
        }

        return results;
    }

    private static OutcomeUnknownException Whole(Exception e) => new(e);

    private static CommitOutcomeUnknownException Unknown(CommitWork work, Exception e) => new(work.Commit.Session, work.Commit.Patches[^1].CommitId, e);

    /// <summary>A whole group's, before each of its callers is told of its own.</summary>
    private sealed class OutcomeUnknownException(Exception inner) : Exception(inner.Message, inner);
}
