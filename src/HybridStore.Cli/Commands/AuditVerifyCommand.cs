using System.CommandLine;
using HybridStore.Audit;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Verifies an audit trail.</summary>
internal sealed class AuditVerifyCommand : ToolCommand
{
    private readonly FileArgument _file = new("The file of the trail.");

    private readonly Option<string?> _head = new("--head")
    {
        Description = "A hash that was kept elsewhere, as this command showed it: a line must have it. Without it, lines that were cut off at the end are not missed.",
        HelpName = "HASH",
    };

    private readonly Option<string?> _previous = new("--previous")
    {
        Description = "The hash that the first line must continue: that of the last line of the file before. Default: any.",
        HelpName = "HASH",
    };

    public AuditVerifyCommand()
        : base("verify", $"Verify an audit trail, line by line, and name the first line that does not fit. Lines that are bound with a key need {EnvironmentNames.AuditKey}.")
    {
        Add(_file);
        Add(_head);
        Add(_previous);
        Validators.Add(command =>
        {
            foreach (var option in (Option<string?>[])[_head, _previous])
            {
                if (GivenTo(option, command) is { } hash && !AuditLine.IsHash(hash))
                    command.AddError($"{option.Name} is no hash of a line: {AuditLine.HashDigits} digits of 0-9 and a-f.");
            }
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var path = Path.GetFullPath(context.Arguments.GetRequiredValue(_file));
        using var chain = ChainOf(Environment.GetEnvironmentVariable(EnvironmentNames.AuditKey));
        var found = await AuditFile.VerifyAsync(path, chain, context.Arguments.GetValue(_previous), context.Arguments.GetValue(_head), cancellationToken);
        context.Output.Report(AuditVerifyReport.Of(path, chain, found, context.SecondsSince(started)));
        return found.Message is null ? null : new Failure(ExitCode.Failed, new ErrorReport("auditBroken", $"The audit trail {path} is broken. {found.Message}") { File = path });
    }

    private static AuditChain ChainOf(string? key)
    {
        key = string.IsNullOrEmpty(key) ? null : key;
        return key is not null && AuditChain.FaultOf(key) is { } fault ? throw new UsageException(fault) : AuditChain.Of(key);
    }
}
