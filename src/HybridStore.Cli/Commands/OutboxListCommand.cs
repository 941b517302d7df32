using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Lists the sessions that may have queued commits.</summary>
internal sealed class OutboxListCommand() : StoreCommand("list", "List the sessions that may have queued commits: how many wait, and what stops them.")
{
    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        await context.Output.ListAsync(store.Outbox.ListAsync(cancellationToken).Select(OutboxSessionReport.Of));
        return null;
    }

    protected override bool Takes(string? hot) => HotChoice.Queues(hot) || HotChoice.IsNone(hot);
}
