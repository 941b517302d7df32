using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Shows what a session has queued, without names of records.</summary>
internal sealed class OutboxShowCommand() : SessionCommand("show", "Show what a session has queued: its commits with their types and sizes, and what stops them.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        var content = await OutboxRest.ShowAsync(store, session, cancellationToken);
        await context.Output.ListAsync(
            content.Entries.ToAsyncEnumerable().Select(OutboxEntryReport.Of),
            "entries",
            () => new OutboxShowReport(session.Tenant, session.Session, content.Waiting, ParkedReport.Of(content.Parked)));
        return null;
    }

    protected override bool Takes(string? hot) => HotChoice.Queues(hot);
}
