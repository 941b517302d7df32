using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Gives a session the records that it had at a former version.</summary>
internal sealed class RollbackCommand : SessionCommand
{
    private readonly Option<long> _to = new("--to") { Description = "The version, one of those that history lists.", HelpName = "VERSION", Required = true };

    public RollbackCommand()
        : base("rollback", "Give a session the records that it had at a former version. It is marked as rolled back, and has no records that must not be used twice.")
    {
        Add(_to);
        new YesOption("Yes, take it back.", "Nothing was rolled back: a bot that runs on the session must be stopped first.").AddTo(this);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var version = context.Arguments.GetRequiredValue(_to);
        if (version < 1)
            throw new UsageException("--to is a version, from 1.");
        var result = await (await OpenStoreAsync(context, cancellationToken)).History.RollbackAsync(session, version, cancellationToken);
        context.Output.Report(new RollbackReport(session.Tenant, session.Session, result.To, result.From, result.Version, result.Records, result.Dropped));
        return null;
    }
}
