using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Shows a session without opening its records.</summary>
internal sealed class ShowCommand() : SessionCommand("show", "Show a session: its version and times, and its records and bytes by type.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var summary = await (await OpenStoreAsync(context, cancellationToken)).SummarizeAsync(session, cancellationToken);
        context.Output.Report(new ShowReport(
            session.Tenant,
            session.Session,
            summary.Session.Incarnation,
            summary.Session.Version,
            summary.Session.CreatedAt,
            summary.Session.UpdatedAt,
            summary.Session.MayBeAhead,
            summary.Types.Sum(t => t.Records),
            summary.Types.Sum(t => t.StoredBytes),
            summary.Types));
        return null;
    }
}
