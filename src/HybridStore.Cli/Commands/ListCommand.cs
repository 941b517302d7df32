using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Lists sessions.</summary>
internal sealed class ListCommand : StoreCommand
{
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only the sessions of this tenant.", HelpName = "TENANT" };

    public ListCommand()
        : base("list", "List sessions: tenant, session, incarnation, version, time of the last commit.")
    {
        Add(_tenant);
        Validators.Add(command =>
        {
            if (GivenTo(_tenant, command) is { } tenant && SessionName.FaultOfTenant(tenant) is { } fault)
                command.AddError(fault);
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var sessions = (await OpenStoreAsync(context, cancellationToken)).ListSessionsAsync(context.Arguments.GetValue(_tenant), cancellationToken);
        await context.Output.ListAsync(sessions.Select(SessionReport.Of));
        return null;
    }
}
