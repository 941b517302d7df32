using System.Runtime.CompilerServices;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Opens every record of a session.</summary>
internal sealed class VerifyCommand() : SessionCommand("verify", "Open every record of a session and name those that do not open, and why.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var started = context.Time.GetTimestamp();
        var store = await OpenStoreAsync(context, cancellationToken);
        long records = 0, damaged = 0, locked = 0, bytes = 0;
        var faults = new SortedDictionary<EnvelopeFault, long>();
        var quarantined = (await store.SummarizeAsync(session, cancellationToken)).Types.FirstOrDefault(t => t.Type == AuthQuarantine.Type)?.Records ?? 0;
        await context.Output.ListAsync(
            NotOpenedAsync(store.VerifyAsync(session, cancellationToken), cancellationToken),
            "notOpened",
            () => new VerifyReport(
                session.Tenant,
                session.Session,
                damaged + locked == 0,
                records,
                damaged,
                locked,
                quarantined,
                [.. faults.Select(f => new FaultCount(Failure.CamelCase(f.Key.ToString()), f.Value))],
                bytes,
                context.SecondsSince(started)));
        return damaged > 0
            ? new Failure(
                ExitCode.Failed,
                new ErrorReport("damaged", FormattableString.Invariant($"Session {session} is damaged: {damaged} of its {records} records did not open.")))
            : locked > 0
                ? new Failure(
                    ExitCode.Locked,
                    new ErrorReport("locked", FormattableString.Invariant($"{locked} of the {records} records of session {session} can't be opened here: a key is missing, wrong or revoked, or a newer version is needed. No damage was found.")))
                : null;

        async IAsyncEnumerable<DamagedRecord> NotOpenedAsync(
            IAsyncEnumerable<AuthRecordCheck> all, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var check in all.WithCancellation(cancellation))
            {
                records++;
                bytes += check.StoredBytes;
                if (check.Fault is not { } fault)
                    continue;
                faults[fault] = faults.GetValueOrDefault(fault) + 1;
                if (check.IsDamaged)
                    damaged++;
                else
                    locked++;
                yield return new DamagedRecord(
                    check.Key.Type,
                    check.Key.Id,
                    check.Version,
                    check.StoredBytes,
                    Failure.CamelCase(fault.ToString()),
                    check.IsDamaged,
                    new EnvelopeException(session, check.Key, fault).Message);
            }
        }
    }
}
