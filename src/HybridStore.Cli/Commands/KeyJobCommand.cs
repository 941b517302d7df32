using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>A change of keys that goes through sessions.</summary>
internal abstract class KeyJobCommand : StoreCommand
{
    private readonly Option<string?> _session = new("--session") { Description = "Only this session. The tenant ends at the first slash.", HelpName = "TENANT/SESSION" };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant's sessions; with --session, the tenant of a session whose name is given alone.", HelpName = "TENANT" };

    private readonly Option<string?> _after = new("--after") { Description = "Only sessions behind this one, in the order of `list`: goes on where a run was cut short.", HelpName = "TENANT/SESSION" };

    protected KeyJobCommand(string name, string description)
        : base(name, description)
    {
        Add(_session);
        Add(_tenant);
        Add(_after);
        Validators.Add(command =>
        {
            if (GivenTo(_session, command) is { } session && !SessionName.TryParse(GivenTo(_tenant, command), session, out _, out var fault))
                command.AddError(fault);
            else if (GivenTo(_tenant, command) is { } tenant && SessionName.FaultOfTenant(tenant) is { } tenantFault)
                command.AddError(tenantFault);
            if (GivenTo(_after, command) is { } after && !SessionName.TryParse(null, after, out _, out var afterFault))
                command.AddError(afterFault.Replace("--session", "--after", StringComparison.Ordinal));
        });
    }

    protected async Task<Failure?> RunAsync(
        CommandContext context, string job, string? masterKey, Func<KeyJobRequest, ValueTask<KeyJobProgress>> run)
    {
        var started = context.Time.GetTimestamp();
        var (tenant, lines) = (context.Arguments.GetValue(_tenant), new KeyJobLines(context));
        AuthSessionId? session = context.Arguments.GetValue(_session) is { } one && SessionName.TryParse(tenant, one, out var id, out _) ? id : null;
        AuthSessionId? after = context.Arguments.GetValue(_after) is { } behind && SessionName.TryParse(null, behind, out var last, out _) ? last : null;
        KeyJobProgress progress;
        try
        {
            progress = await run(new KeyJobRequest { Session = session, Tenant = session is null ? tenant : null, After = after, Progress = lines });
        }
        catch when (lines.Reached?.Last is { } reached)
        {
            context.Say($"everything up to {reached} is done; --after {reached} goes on from there");
            throw;
        }

        context.Output.Report(KeyJobReport.Of(job, masterKey, progress, context.SecondsSince(started)));
        return progress.Failed == 0
            ? null
            : new Failure(ExitCode.Failed, new ErrorReport("keysLeft", FormattableString.Invariant($"{progress.Failed} did not open and were left as they are.")));
    }
}
