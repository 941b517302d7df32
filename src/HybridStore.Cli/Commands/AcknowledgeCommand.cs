using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Clears the mark of a rollback.</summary>
internal sealed class AcknowledgeCommand : SessionCommand
{
    public AcknowledgeCommand()
        : base("acknowledge", "Note that a session's rollback is known: its bot is not told again when it opens it.") =>
        new YesOption("Yes, it is known.", "Nothing was acknowledged: the bot would no longer be told that commits are lost.").AddTo(this);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        var was = await store.Doctor.AcknowledgeRollbackAsync(session, cancellationToken);
        context.Output.Report(new AcknowledgeReport(session.Tenant, session.Session, was));
        return null;
    }
}
