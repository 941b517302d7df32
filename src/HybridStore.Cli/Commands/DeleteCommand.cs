using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Deletes a session.</summary>
internal sealed class DeleteCommand : SessionCommand
{
    private readonly Option<bool> _yes = new("--yes") { Description = "Yes, delete it. Without this, nothing is done.", Arity = ArgumentArity.Zero };

    public DeleteCommand()
        : base("delete", "Delete a session with all its records and its data key, for good.")
    {
        Add(_yes);
        Validators.Add(command =>
        {
            if (command.GetResult(_yes) is not { Implicit: false })
                command.AddError("Nothing was deleted: a deleted session is gone for good. Give --yes if that is what you want.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        if (!await OpenStore(context).DeleteSessionAsync(session, cancellationToken))
            throw new SessionNotFoundException(session);
        context.Output.Report(new DeleteReport(session.Tenant, session.Session, Deleted: true));
        return null;
    }
}
