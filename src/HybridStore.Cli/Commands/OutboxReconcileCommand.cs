using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Drains the sessions whose holder is gone.</summary>
internal sealed class OutboxReconcileCommand() : StoreCommand(
    "reconcile", "Look for sessions whose holder is gone and left queued commits behind, and bring these to the store. What then remains is listed.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        var before = await store.Outbox.ListAsync(cancellationToken).CountAsync(cancellationToken);
        await store.Outbox.ReconcileAsync(cancellationToken);
        var remaining = 0;
        await context.Output.ListAsync(
            store.Outbox.ListAsync(cancellationToken).Select(session =>
            {
                remaining++;
                return OutboxSessionReport.Of(session);
            }),
            "remaining",
            () => new OutboxReconcileReport(Math.Max(0, before - remaining), remaining, [.. context.Rollbacks.Sessions.Select(s => new SessionNames(s.Tenant, s.Session))]));
        return null;
    }

    protected override bool Takes(string? hot) => HotChoice.Queues(hot);
}
