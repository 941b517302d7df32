using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Gives up whatever a session has queued.</summary>
internal sealed class OutboxAbandonCommand : SessionCommand
{
    public OutboxAbandonCommand()
        : base(
            "abandon",
            "Give up whatever a session has queued, because the hot tier that had it is gone for good: the session is marked as rolled back, and opens again from the store.") =>
        new YesOption(
            "Yes, give it up.",
            "Nothing was given up: whatever the session has queued would be lost, and the session marked as rolled back, which its bot is told when it opens it.").AddTo(this);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        await store.Outbox.AbandonAsync(session, cancellationToken);
        context.Output.Report(new OutboxAbandonReport(session.Tenant, session.Session, Abandoned: true, RolledBack: true));
        return null;
    }
}
