using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Tries again to drain a session.</summary>
internal sealed class OutboxRetryCommand() : SessionCommand("retry", "Try again to bring to the store what a session has queued, a parked one too.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        _ = await OutboxRest.ShowAsync(store, session, cancellationToken);
        _ = await store.Outbox.RetryAsync(session, cancellationToken);
        return await OutboxRest.ReportAsync(
            context, store, session, _ => new OutboxRetryReport(session.Tenant, session.Session, Drained: true, context.Rollbacks.Has(session)), cancellationToken);
    }

    protected override bool Takes(string? hot) => HotChoice.Queues(hot);
}
