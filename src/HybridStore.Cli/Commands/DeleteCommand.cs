using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Deletes a session.</summary>
internal sealed class DeleteCommand : SessionCommand
{
    public DeleteCommand()
        : base("delete", "Delete a session with all its records and its data key, for good.") =>
        new YesOption("Yes, delete it.", "Nothing was deleted: a deleted session is gone for good.").AddTo(this);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        if (!await (await OpenStoreAsync(context, cancellationToken)).DeleteSessionAsync(session, cancellationToken))
            throw new SessionNotFoundException(session);
        context.Output.Report(new DeleteReport(session.Tenant, session.Session, Deleted: true));
        return null;
    }
}
