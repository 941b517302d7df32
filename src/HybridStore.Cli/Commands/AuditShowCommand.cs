using System.CommandLine;
using HybridStore.Audit;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Shows what an audit trail tells.</summary>
internal sealed class AuditShowCommand : ToolCommand
{
    private static readonly string[] Kinds = [.. Enum.GetValues<AuditKind>().Select(AuditLine.Name), AuditLine.TornKind];

    private readonly FileArgument _file = new("The file of the trail.");

    private readonly Option<string?> _session = new("--session") { Description = "Only what concerns this session, its whole tenant or all. The tenant ends at the first slash.", HelpName = "TENANT/SESSION" };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "The tenant of the session, if it has a slash itself.", HelpName = "TENANT" };

    private readonly Option<string?> _kind = new("--kind") { Description = "Only this kind, such as sessionExported.", HelpName = "KIND" };

    public AuditShowCommand()
        : base("show", "Show what an audit trail tells, without verifying it.")
    {
        Add(_file);
        Add(_session);
        Add(_tenant);
        Add(_kind);
        Validators.Add(command =>
        {
            if (GivenTo(_session, command) is { } session)
            {
                if (!SessionName.TryParse(GivenTo(_tenant, command), session, out _, out var fault))
                    command.AddError(fault);
            }
            else if (GivenTo(_tenant, command) is not null)
            {
                command.AddError("--tenant is for --session: give it too.");
            }

            if (GivenTo(_kind, command) is { } kind && !Kinds.Contains(kind, StringComparer.OrdinalIgnoreCase))
                command.AddError($"--kind is none of {string.Join(", ", Kinds)}.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        AuthSessionId? session = arguments.GetValue(_session) is { } name && SessionName.TryParse(arguments.GetValue(_tenant), name, out var id, out _) ? id : null;
        var kind = arguments.GetValue(_kind);
        await context.Output.ListAsync(
            AuditFile.ReadAsync(Path.GetFullPath(arguments.GetRequiredValue(_file)), cancellationToken)
                .Where(l => (kind is null || string.Equals(l.Read?.Kind, kind, StringComparison.OrdinalIgnoreCase)) && (session is not { } one || l.Read is { } line && Concerns(line, one)))
                .Select(AuditEntryReport.Of));
        return null;
    }

    // What was done to all, as a backup, was done to each.
    private static bool Concerns(AuditLine line, AuthSessionId session) =>
        line.Tenant is null ? line.Kind != AuditLine.TornKind && !line.Kind.StartsWith("masterKey", StringComparison.Ordinal)
        : line.Tenant == session.Tenant && (line.Session is null || line.Session == session.Session);
}
