using System.Runtime.CompilerServices;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Opens every record of a session.</summary>
internal sealed class VerifyCommand() : SessionCommand("verify", "Open every record of a session and name the damaged ones.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var started = context.Time.GetTimestamp();
        var checks = (await OpenStoreAsync(context, cancellationToken)).VerifyAsync(session, cancellationToken);
        long records = 0, damaged = 0, bytes = 0;
        await context.Output.ListAsync(
            DamagedAsync(checks, cancellationToken),
            "damaged",
            () => new VerifyReport(session.Tenant, session.Session, damaged == 0, records, damaged, bytes, context.SecondsSince(started)));
        return damaged == 0
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("damaged", FormattableString.Invariant($"Session {session} is damaged: {damaged} of its {records} records did not open.")));

        async IAsyncEnumerable<DamagedRecord> DamagedAsync(
            IAsyncEnumerable<AuthRecordCheck> all, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var check in all.WithCancellation(cancellation))
            {
                records++;
                bytes += check.StoredBytes;
                if (check.Fault is not { } fault)
                    continue;
                damaged++;
                yield return new DamagedRecord(
                    check.Key.Type,
                    check.Key.Id,
                    check.Version,
                    check.StoredBytes,
                    Failure.CamelCase(fault.ToString()),
                    new EnvelopeException(session, check.Key, fault).Message);
            }
        }
    }
}
