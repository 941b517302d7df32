using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Lists the damaged envelopes that were replaced.</summary>
internal sealed class QuarantineListCommand() : SessionCommand("list", "List the damaged envelopes that were replaced, and kept.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        var count = 0;
        await context.Output.ListAsync(
            store.Quarantine.ListAsync(session, cancellationToken).Select(e =>
            {
                count++;
                return QuarantinedReport.Of(e);
            }),
            "quarantined",
            () => new QuarantineReport(session.Tenant, session.Session, count));
        return null;
    }
}
