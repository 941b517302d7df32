using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using HybridStore.Backup;
using HybridStore.Codec;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    internal async ValueTask<IReadOnlyList<RestoredSession>> RestoreAsync(AuthRestoreRequest request, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var backup = await BackupReader.OpenAsync(request.Path, BackupFormat.Sessions, cancellationToken).ConfigureAwait(false);
        await using var _ = backup.ConfigureAwait(false);
        var keys = request.KeysPath is null ? null : await BackupReader.OpenAsync(request.KeysPath, BackupFormat.Keys, cancellationToken).ConfigureAwait(false);
        var plans = new List<RestorePlan>();
        try
        {
            var sections = request.Session is { } one ? backup.Sections.Where(s => s.Session == one).ToList() : backup.Sections;
            if (request.Session is { } missing && sections.Count == 0)
                throw new SessionNotFoundException(missing);
            foreach (var section in sections)
                plans.Add(await PlanAsync(request, backup, keys, section, cancellationToken).ConfigureAwait(false));

            // Up to here, nothing was changed.
            var result = new List<RestoredSession>();
            foreach (var plan in plans)
            {
                result.Add(await _audit.RunAsync(
                    _audit.About(AuditKind.SessionRestored, plan.Section.Session),
                    () => RestoreAsync(backup, plan, cancellationToken),
                    static (done, restored) => done with
                    {
                        Incarnation = restored.Incarnation,
                        Version = restored.Version,
                        Records = restored.Records,
                        Detail = JsonNamingPolicy.CamelCase.ConvertName(restored.Outcome.ToString()),
                    },
                    cancellationToken).ConfigureAwait(false));
            }

            return result;
        }
        finally
        {
            foreach (var key in plans.SelectMany(static p => p.Keys))
                key.Dispose();
            if (keys is not null)
                await keys.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Finds everything that could stop the restore of a session: that it exists, and keys or envelopes that do not open.</summary>
    private async ValueTask<RestorePlan> PlanAsync(
        AuthRestoreRequest request, BackupReader backup, BackupReader? keys, BackupSection section, CancellationToken cancellationToken)
    {
        var session = section.Session;
        var cold = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        var isBegun = cold.Head is not null && IsBegun(section, cold);
        if (cold.Head is { } existing && !request.Replace && !isBegun)
            throw new SessionExistsException(session, existing.Version);

        var (found, replacesRecords) = await FindKeysAsync(backup, keys, section, cold, cancellationToken).ConfigureAwait(false);
        var wrapped = found ?? throw new BackupException(
            BackupFault.KeysMissing,
            request.KeysPath ?? request.Path,
            $"The data keys of session {session} are neither in {request.KeysPath ?? "a file of keys, which was not given"}, nor in the store: its records can't be opened. Nothing was changed.")
        {
            Session = session,
        };
        var opened = new List<DataKey>();
        try
        {
            foreach (var key in wrapped.Keys)
                opened.Add(await UnwrapAsync(session, wrapped.Incarnation, key, cancellationToken).ConfigureAwait(false));
            await foreach (var record in backup.ReadRecordsAsync(section, cancellationToken).ConfigureAwait(false))
                _codec.Open(session, record.Key, opened, record.Envelope.Span);
        }
        catch
        {
            opened.ForEach(static key => key.Dispose());
            throw;
        }

        var way = cold.Head is null || isBegun ? RestoreWay.Import : replacesRecords ? RestoreWay.ReplaceRecords : RestoreWay.ReplaceLife;
        return new RestorePlan(section, opened, way, cold.Head?.Incarnation ?? 0, await FindPreKeyIdAsync(session, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The keys that seal the records: those that the store has, if the session still lives the life that was saved; else those of the file.</summary>
    private static async ValueTask<((long Incarnation, IReadOnlyList<WrappedDataKey> Keys)? Keys, bool OfTheStore)> FindKeysAsync(
        BackupReader backup, BackupReader? keys, BackupSection section, ColdRead cold, CancellationToken cancellationToken)
    {
        var needed = new HashSet<DataKeyId>();
        await foreach (var record in backup.ReadRecordsAsync(section, cancellationToken).ConfigureAwait(false))
        {
            if (EnvelopeHeader.TryRead(record.Envelope.Span, out var header) is { } fault)
                throw new EnvelopeException(section.Session, record.Key, fault);
            needed.Add(header.DataKeyId);
        }

        if (cold.Head is { } head && cold.DataKeys.Count > 0 && needed.IsSubsetOf(cold.DataKeys.Select(static k => k.Id)))
            return ((head.Incarnation, cold.DataKeys), true);
        if (keys?.Sections.FirstOrDefault(s => s.Session == section.Session) is { } saved)
        {
            var read = await keys.ReadKeysAsync(saved, cancellationToken).ConfigureAwait(false);
            if (read.Count > 0 && needed.IsSubsetOf(read.Select(static k => k.Id)))
                return ((saved.Incarnation, read), false);
        }

        return (null, false);
    }

    /// <summary>The highest id of a pre-key that the session as it is has given out; 0 where there is none, or its credentials do not open.</summary>
    private async ValueTask<long> FindPreKeyIdAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var cold = await _cold.ReadAsync(session, [AuthKey.Creds], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        if (cold.Head is not { } head || !cold.Records[0].Exists)
            return 0;
        var keys = new List<DataKey>();
        try
        {
            foreach (var key in cold.DataKeys)
                keys.Add(await UnwrapAsync(session, head.Incarnation, key, cancellationToken).ConfigureAwait(false));
            return PreKeyCounters.Highest(_codec.Open(session, AuthKey.Creds, keys, cold.Records[0].Envelope.Span).Span);
        }
        catch (Exception e) when (e is EnvelopeException or MasterKeyException)
        {
            // Damage may be why it is replaced.
            return 0;
        }
        finally
        {
            keys.ForEach(static key => key.Dispose());
        }
    }

    private async ValueTask<RestoredSession> RestoreAsync(BackupReader backup, RestorePlan plan, CancellationToken cancellationToken)
    {
        var section = plan.Section;
        var session = section.Session;
        var held = new RestoredSession(session, RestoreOutcome.Held, Incarnation: 0, Version: 0, Records: 0, Dropped: 0);
        if (plan.Way == RestoreWay.ReplaceRecords)
        {
            var replaced = new RestoreTally();
            long now;
            try
            {
                now = await GoBackAsync(
                    session, plan.Incarnation, section.Version, _ => ReadForRestoreAsync(backup, plan, replaced, cancellationToken), _history, cancellationToken).ConfigureAwait(false);
            }
            catch (SessionHeldException)
            {
                return held;
            }

            Log.SessionRestored(_logger, session, now, plan.Incarnation);
            return new RestoredSession(session, RestoreOutcome.Replaced, plan.Incarnation, now, replaced.Records, replaced.Dropped);
        }

        if (plan.Way == RestoreWay.ReplaceLife && !await TryDeleteUnheldAsync(session, cancellationToken).ConfigureAwait(false))
            return held;

        // Into a database that has lost the session or its last life, or never had it, while hot knows of its lives.
        if (!await TryEndLostLivesAsync(session, cancellationToken).ConfigureAwait(false))
            return held;

        var state = StateOf(session);
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            var cold = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            var tally = new RestoreTally();
            var head = cold.Head is { } begun && IsBegun(section, cold)
                ? begun
                : await ImportAsync(backup, plan, cold.LastEndedIncarnation + 1, tally, cancellationToken).ConfigureAwait(false);
            if (tally.Records + tally.Dropped == 0)
                await CountAsync(backup, section, tally, cancellationToken).ConfigureAwait(false);

            // From here it is finished whatever happens to the caller: a session that went back must say so.
            var marked = await MarkRestoredAsync(section, head, plan.Keys[0].Id).ConfigureAwait(false);
            state.Forget();
            await EvictAsync(session).ConfigureAwait(false);
            if (marked is not { } version)
                return new RestoredSession(session, RestoreOutcome.Unmarked, head.Incarnation, head.Version, tally.Records, tally.Dropped);
            Log.SessionRestored(_logger, session, version, head.Incarnation);
            return new RestoredSession(
                session, plan.Way == RestoreWay.ReplaceLife ? RestoreOutcome.Replaced : RestoreOutcome.Restored, head.Incarnation, version, tally.Records, tally.Dropped);
        }
        finally
        {
            state.Commits.Leave();
        }
    }

    /// <returns>Whether nobody holds the session.</returns>
    private async ValueTask<bool> TryEndLostLivesAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        var cold = await _cold.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        try
        {
            if (cold.Head is null)
                await EndLostLivesAsync(session, cold.LastEndedIncarnation, hot, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SessionHeldException)
        {
            return false;
        }
    }

    /// <summary>Ends the life of a session, unless a process holds it.</summary>
    private async ValueTask<bool> TryDeleteUnheldAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        if (!state.TryOpen())
            return false;
        try
        {
            // What hot does not say, the caller has said: that there is nothing to come any more.
            var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)
                ?? new HotRead { RunId = "", Generation = 0, Records = [] };
            var (lease, _) = await _leases.TryAcquireAsync(session, state, hot, cancellationToken).ConfigureAwait(false);
            if (lease is null)
                return false;
            var deleted = false;
            try
            {
                await DeleteSessionAsync(session, CancellationToken.None).ConfigureAwait(false);
                deleted = true;
            }
            finally
            {
                await _leases.ReleaseAsync(lease, drained: deleted).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            state.Closed();
        }
    }

    private async ValueTask<SessionHead> ImportAsync(BackupReader backup, RestorePlan plan, long incarnation, RestoreTally tally, CancellationToken cancellationToken)
    {
        var section = plan.Section;
        var result = await _cold.ImportAsync(
            new ColdImport
            {
                Session = section.Session,
                Incarnation = incarnation,
                CommitId = IdOf(section, incarnation, "import"u8),

                // The same key in another life: it is wrapped anew, and the envelopes stay as they are.
                DataKey = _wrapper.Wrap(section.Session, incarnation, plan.Keys[0]),
                Records = ReadForRestoreAsync(backup, plan, tally, cancellationToken),
            },
            cancellationToken).ConfigureAwait(false);
        return result.Status switch
        {
            ColdCommitStatus.Committed => result.Head!,
            ColdCommitStatus.Fenced => throw new FencedException(section.Session, epoch: 0, result.Head?.Epoch ?? 0),
            _ => throw new SessionExistsException(section.Session, result.Head?.Version ?? 0),
        };
    }

    /// <summary>Moves the session's version beyond all that it can have had, and marks it as rolled back.</summary>
    /// <returns>Its version; <see langword="null"/>: somebody has taken it meanwhile.</returns>
    private async ValueTask<long?> MarkRestoredAsync(BackupSection section, SessionHead head, DataKeyId key)
    {
        var version = head.Version;
        foreach (var (to, rollback, name) in new (long, RollbackChange, string)[]
        {
            (section.Version, RollbackChange.Keep, "version"), (section.Version + RollbackJump, RollbackChange.Set, "mark"),
        })
        {
            if (to <= version)
                continue;
            var result = await _cold.CommitAsync(
                new ColdCommit
                {
                    Session = section.Session,
                    Incarnation = head.Incarnation,
                    SealedWith = key,
                    Rollback = rollback,
                    History = _history,
                    Patches =
                    [
                        new SealedPatch { CommitId = IdOf(section, head.Incarnation, System.Text.Encoding.ASCII.GetBytes(name)), Predecessor = version, Version = to, Changes = [] },
                    ],
                },
                CancellationToken.None).ConfigureAwait(false);
            if (result.Status is not (ColdCommitStatus.Committed or ColdCommitStatus.Repeated))
                return null;
            version = to;
        }

        return version;
    }

    private async IAsyncEnumerable<SealedChange> ReadForRestoreAsync(
        BackupReader backup, RestorePlan plan, RestoreTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = plan.Section.Session;
        await foreach (var record in backup.ReadRecordsAsync(plan.Section, cancellationToken).ConfigureAwait(false))
        {
            if (GoneBack(session, record, plan.Keys, plan.PreKeyId) is { } change)
            {
                tally.Records++;
                yield return change;
            }
            else
            {
                tally.Dropped++;
            }
        }
    }

    /// <summary>A record as it may be used after going back; <see langword="null"/>: not at all.</summary>
    private SealedChange? GoneBack(AuthSessionId session, SealedRecord record, IReadOnlyList<DataKey> keys, long preKeyId)
    {
        var rule = GoingBackPolicy.Of(record.Key);
        if (rule == GoingBackRule.Drop)
            return null;
        var (newest, envelope) = (keys[0], record.Envelope);
        var isOld = EnvelopeHeader.TryRead(envelope.Span, out var header) is null && header.DataKeyId != newest.Id;
        if (isOld || rule == GoingBackRule.AdvancePreKeyIds)
        {
            var value = _codec.Open(session, record.Key, keys, envelope.Span);
            var changed = rule == GoingBackRule.AdvancePreKeyIds ? PreKeyCounters.Advance(value.Span, preKeyId) : null;
            if (isOld || changed is not null)
                envelope = _codec.Seal(session, record.Key, newest, changed ?? value.Span);
        }

        return new SealedChange(record.Key, envelope);
    }

    private static async ValueTask CountAsync(BackupReader backup, BackupSection section, RestoreTally tally, CancellationToken cancellationToken)
    {
        await foreach (var record in backup.ReadRecordsAsync(section, cancellationToken).ConfigureAwait(false))
        {
            if (GoingBackPolicy.Of(record.Key) == GoingBackRule.Drop)
                tally.Dropped++;
            else
                tally.Records++;
        }
    }

    /// <summary>Whether the session came from this backup, and was not marked: the restore was cut short.</summary>
    private static bool IsBegun(BackupSection section, ColdRead cold)
    {
        var (import, mark) = (IdOf(section, cold.Head!.Incarnation, "import"u8), IdOf(section, cold.Head.Incarnation, "mark"u8));
        return cold.Commits.Any(c => c.Id == import)
            && cold.Commits.All(c => c.Id != mark)
            && (cold.Head.Version == 1 || cold.Head.Version == section.Version);
    }

    /// <summary>The same restore has the same commit ids, so that it can be done again where it was cut short.</summary>
    private static CommitId IdOf(BackupSection section, long incarnation, ReadOnlySpan<byte> step)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, incarnation);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. "HybridStore restore "u8, .. step, .. number, .. section.Digest], digest);
        return new CommitId(new Guid(digest[..CommitId.Size]));
    }

    /// <param name="Section">Where it is in the file.</param>
    /// <param name="Keys">What opens its records, newest first.</param>
    /// <param name="Way">How it comes back.</param>
    /// <param name="Incarnation">The life that it has now; 0: it does not exist.</param>
    /// <param name="PreKeyId">The highest id of a pre-key that the session as it is has given out.</param>
    private sealed record RestorePlan(BackupSection Section, IReadOnlyList<DataKey> Keys, RestoreWay Way, long Incarnation, long PreKeyId);

    private enum RestoreWay
    {
        /// <summary>It does not exist, or a restore of it was cut short.</summary>
        Import,

        /// <summary>It lives the life that was saved: its records are replaced in one transaction, under its own keys, which are perhaps nowhere else.</summary>
        ReplaceRecords,

        /// <summary>It lives another life, which ends first. The keys are in a file, so that nothing is lost where it ends there.</summary>
        ReplaceLife,
    }

    private sealed class RestoreTally
    {
        public long Records { get; set; }

        public long Dropped { get; set; }
    }
}
