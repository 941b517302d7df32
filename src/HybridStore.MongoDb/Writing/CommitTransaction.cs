using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>One commit: reads what it depends on, decides, and writes the session's document and then the records.</summary>
internal sealed class CommitTransaction(MongoDbStore store, ColdCommit commit)
{
    private readonly List<AuthKey> _expected = [.. commit.Patches.SelectMany(static patch => patch.Expectations).Select(static e => e.Key).Distinct()];

    private readonly IReadOnlySet<AuthKey> _kept = HistoryStep.KeptKeys(commit);

    /// <summary>Whether it has left records of an import that was given up.</summary>
    public bool LeavesPurge { get; private set; }

    public async Task<(ColdCommitResult Result, bool Keep)> RunAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var state = await SessionState.ReadAsync(store, transaction, commit.Session, _expected, _kept, deadline).ConfigureAwait(false);
        var plan = CommitPlan.Make(commit, state);
        if (plan.Refusal is { } refusal)
            return (refusal, false);
        long previous = state.Document.Version;
        var history = commit.History is { } retention
            ? await HistoryStep.PrepareAsync(store, transaction, state, plan, retention, deadline).ConfigureAwait(false)
            : null;
        await WriteAsync(new SessionWriter(store, transaction, deadline), state, plan, history, previous).ConfigureAwait(false);
        return (plan.Answer(ColdCommitStatus.Committed, previous), true);
    }

    private async Task WriteAsync(SessionWriter writer, SessionState state, CommitPlan plan, HistoryStep? history, long previous)
    {
        var session = state.Document;
        bool isNewLife = !session.Exists;
        bool endsLease = commit.Epoch == 0 && session.EndLeaseThatRanOut();
        if (isNewLife)
            await CreateAsync(writer, session, state.Now).ConfigureAwait(false);
        session.RolledBackAt = plan.RollbackMark(previous);
        session.Version = plan.Version;
        session.UpdatedAt = state.Now;
        history?.Advance(session);
        if (isNewLife || endsLease)
        {
            session.Commits.AddRange(plan.Made);
            session.Commits.RemoveRange(0, Math.Max(0, session.Commits.Count - AuthLimits.RememberedCommits));
            await writer.SaveAsync(session).ConfigureAwait(false);
        }
        else
        {
            await writer.AdvanceAsync(session, plan.Made).ConfigureAwait(false);
        }

        if (isNewLife)
            await writer.AddDataKeyAsync(DataKeysDocument.Make(session.Life, commit.NewDataKey!)).ConfigureAwait(false);
        await writer.ApplyAsync(session.Life, isNewLife, plan.Changes).ConfigureAwait(false);
        if (history is not null)
            await writer.KeepAsync(commit.Session, session.Life, history).ConfigureAwait(false);
    }

    private async Task CreateAsync(SessionWriter writer, SessionDocument session, DateTimeOffset now)
    {
        LeavesPurge = await writer.TakeOverIfLoadingAsync(session).ConfigureAwait(false);
        session.Life = ObjectId.GenerateNewId();
        session.Incarnation = commit.Incarnation;
        session.DataKey = commit.SealedWith;
        session.CreatedAt = now;
        session.RolledBackAt = 0;
        session.HistoryThrough = 0;
        session.Commits.Clear();
    }
}
