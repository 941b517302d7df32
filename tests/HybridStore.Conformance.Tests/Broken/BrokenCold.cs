using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>Promise 2: says that it has committed, and has not, every so often.</summary>
internal sealed class ForgetfulCold(IColdTier inner) : ColdDecorator(inner)
{
    public override async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        var head = (await Inner.ReadAsync(commit.Session, [], false, cancellationToken)).Head;
        return head is { Version: >= 2 } && commit.Incarnation == head.Incarnation && commit.Patches.All(p => p.Predecessor is null)
            ? new ColdCommitResult { Status = ColdCommitStatus.Committed, Incarnation = head.Incarnation, Version = head.Version + 1, PreviousVersion = head.Version, Epoch = head.Epoch }
            : await Inner.CommitAsync(commit, cancellationToken);
    }
}

/// <summary>Promise 3: commits record by record.</summary>
internal sealed class PiecemealCold(IColdTier inner) : ColdDecorator(inner)
{
    public override async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        var last = commit.Patches[^1];
        if (last.Predecessor is not null || last.Changes.Count < 2)
            return await Inner.CommitAsync(commit, cancellationToken);
        var first = await Inner.CommitAsync(With(commit, patches: [.. commit.Patches.SkipLast(1), With(last, CommitId.New(), [last.Changes[0]])]), cancellationToken);
        if (first.Status != ColdCommitStatus.Committed)
            return first;
        await Task.Yield();
        return await Inner.CommitAsync(With(commit, patches: [With(last, changes: [.. last.Changes.Skip(1)])]), cancellationToken);
    }
}

/// <summary>Promise 3: applies a patch although its conditions do not hold.</summary>
internal sealed class UnconditionalCold(IColdTier inner) : ColdDecorator(inner)
{
    public override ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) => Inner.CommitAsync(
        With(commit, patches: [.. commit.Patches.Select(p => new SealedPatch { CommitId = p.CommitId, Predecessor = p.Predecessor, Version = p.Version, Changes = p.Changes })]),
        cancellationToken);
}

/// <summary>Promise 4: answers reads from a replica that is one commit behind.</summary>
internal sealed class LaggingCold(IColdTier inner) : ColdDecorator(inner)
{
    private readonly ConcurrentDictionary<(AuthSessionId, AuthKey), (SealedRecord Older, SealedRecord Newer)> _seen = new();

    public override async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        return new ColdRead
        {
            Head = read.Head,
            LastEndedIncarnation = read.LastEndedIncarnation,
            DataKeys = read.DataKeys,
            Records =
            [
                .. read.Records.Select(r => _seen.AddOrUpdate(
                    (session, r.Key), (r, r), (_, s) => s.Newer.Version == r.Version ? s : (s.Newer, r)).Older),
            ],
        };
    }
}

/// <summary>Promise 5: takes a late commit of a life that is over into the present one, or begins another with it.</summary>
internal sealed class RevivingCold(IColdTier inner) : ColdDecorator(inner)
{
    public override async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(commit.Session, [], false, cancellationToken);
        var life = read.Head?.Incarnation ?? read.LastEndedIncarnation + 1;
        return await Inner.CommitAsync(commit.Incarnation < life ? With(commit, incarnation: life) : commit, cancellationToken);
    }
}

/// <summary>Promise 6: does not know a commit that comes again.</summary>
internal sealed class RepeatingCold(IColdTier inner) : ColdDecorator(inner)
{
    public override ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) =>
        Inner.CommitAsync(With(commit, patches: [.. commit.Patches.Select(p => p.Predecessor is null ? With(p, CommitId.New()) : p)]), cancellationToken);
}

/// <summary>Promise 7: forgets what was not touched for a while.</summary>
internal sealed class ExpiringCold(IColdTier inner, TimeProvider time) : ColdDecorator(inner)
{
    public override async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        return read.Head is { } head && time.GetUtcNow() - head.UpdatedAt > TimeSpan.FromSeconds(5)
            ? new ColdRead { Head = head, LastEndedIncarnation = read.LastEndedIncarnation, DataKeys = read.DataKeys, Records = [.. keys.Select(SealedRecord.Absent)] }
            : read;
    }

    public override async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in Inner.EnumerateAsync(session, type, cancellationToken))
        {
            if ((await ReadAsync(session, [record.Key], false, cancellationToken)).Records[0].Exists)
                yield return record;
        }
    }
}

/// <summary>Promise 8: takes a commit under any epoch.</summary>
internal sealed class UnfencedCold(IColdTier inner) : ColdDecorator(inner)
{
    public override async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        var result = await Inner.CommitAsync(commit, cancellationToken);
        return result.Status == ColdCommitStatus.Fenced ? await Inner.CommitAsync(With(commit, epoch: result.Epoch), cancellationToken) : result;
    }
}

/// <summary>Promise 12: makes something of input that is nothing.</summary>
internal sealed class GullibleCold(IColdTier inner) : ColdDecorator(inner)
{
    private static readonly AuthSessionId Nobody = new("nobody", "nobody");

    public override ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        Inner.ReadAsync(session.IsEmpty ? Nobody : session, [.. keys.Select(k => k.IsEmpty ? AuthKey.Creds : k)], withDataKeys, cancellationToken);

    public override ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) => Inner.CommitAsync(
        With(commit, session: commit.Session.IsEmpty ? Nobody : commit.Session, patches: [.. commit.Patches.Select(p => With(p, p.CommitId.IsEmpty ? CommitId.New() : null))]),
        cancellationToken);
}

/// <summary>Promise 13: joins tenant and session with a slash.</summary>
internal sealed class JoiningCold(IColdTier inner) : ColdDecorator(inner)
{
    private static AuthSessionId Join(AuthSessionId session)
    {
        if (session.IsEmpty)
            return session;
        var name = $"{session.Tenant}/{session.Session}";
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1 ? new AuthSessionId(name[..slash], name[(slash + 1)..]) : session;
    }

    public override ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        Inner.ReadAsync(Join(session), keys, withDataKeys, cancellationToken);

    public override ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) =>
        Inner.CommitAsync(With(commit, session: Join(commit.Session)), cancellationToken);

    public override ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        Inner.DeleteSessionAsync(Join(session), cancellationToken);
}

/// <summary>Promise 1: takes an error in the middle of a stream for its end.</summary>
internal sealed class ErrorIsTheEndCold(IColdTier inner) : ColdDecorator(inner)
{
    public override async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var records = Inner.EnumerateAsync(session, type, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await records.MoveNextAsync())
                    yield break;
            }
            catch (AuthStoreException)
            {
                // An error that is taken for the end.
                yield break;
            }

            yield return records.Current;
        }
    }
}
