using System.CommandLine;
using System.Globalization;
using HybridStore.Cli.Reports;
using HybridStore.DependencyInjection;
using HybridStore.Migration;

namespace HybridStore.Cli.Commands;

/// <summary>Moves sessions from one store to another.</summary>
internal sealed class MigrateCommand : ToolCommand
{
    private readonly Option<string> _from = new("--from") { Description = $"Where the sessions are: {ColdSchemes.Forms}.", HelpName = "URI", Required = true };
    private readonly Option<string> _to = new("--to") { Description = "Where they go, in the same form.", HelpName = "URI", Required = true };
    private readonly Option<string?> _session = new("--session") { Description = "Only this session. The tenant ends at the first slash.", HelpName = "TENANT/SESSION" };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only the sessions of this tenant; with --session, the tenant, if it has a slash itself.", HelpName = "TENANT" };

    private readonly Option<bool> _switch = new("--switch")
    {
        Description = "Hand each session over to the target as soon as no bot holds it. Without this, sessions are copied and compared only.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<string?> _wait = new("--wait")
    {
        Description = "How long a switch waits for sessions that bots hold, in seconds, or 'forever'. Default: it does not.",
        HelpName = "SECONDS",
    };

    private readonly Option<string?> _hot = new("--hot")
    {
        Description = $"The hot tier in front of the source: what is queued there is brought to it before the switch. Needs {EnvironmentNames.MasterKey}. Default: {EnvironmentNames.Hot}, else {TierChoice.RedisVariable}.",
        HelpName = "URI",
    };

    public MigrateCommand()
        : base("migrate", "Copy sessions from one store to another while bots go on, compare them, and hand them over.")
    {
        foreach (var option in (Option[])[_from, _to, _session, _tenant, _switch, _wait, _hot])
            Add(option);
        Validators.Add(command =>
        {
            foreach (var option in (Option[])[_from, _to])
            {
                if (GivenTo(option, command) is { } cold && ColdDatabase.FaultOf(cold, option.Name) is { } fault)
                    command.AddError(fault);
            }

            if (GivenTo(_hot, command) is { } hot && HotChoice.FaultOf(hot, _hot.Name) is { } hotFault)
                command.AddError(hotFault);
            if (GivenTo(_session, command) is { } session)
            {
                if (!SessionName.TryParse(GivenTo(_tenant, command), session, out _, out var fault))
                    command.AddError(fault);
            }
            else if (GivenTo(_tenant, command) is { } tenant && SessionName.FaultOfTenant(tenant) is { } fault)
            {
                command.AddError(fault);
            }

            if (GivenTo(_wait, command) is { } wait && !TryParseWait(wait, out _))
                command.AddError("--wait is neither a number of seconds nor 'forever'.");
            if (GivenTo(_wait, command) is not null && command.GetResult(_switch) is not { Implicit: false })
                command.AddError("--wait is for a switch: give --switch too.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var arguments = context.Arguments;
        var session = arguments.GetValue(_session);
        var options = new ColdMigrationOptions
        {
            Switch = arguments.GetValue(_switch),
            Tenant = session is null ? arguments.GetValue(_tenant) : null,
            Progress = new MigrationProgressLines(context),
        };
        if (session is not null && SessionName.TryParse(arguments.GetValue(_tenant), session, out var id, out _))
            options.Session = id;
        if (TryParseWait(arguments.GetValue(_wait) ?? "0", out var wait))
            options.SwitchTimeout = wait;
        var source = arguments.GetRequiredValue(_from);
        if (options.Switch && HotChoice.Checked(HotOf(arguments)) is { } hot && HotChoice.Queues(hot))
        {
            var store = await context.OpenStoreAsync(source, hot, static _ => true, StoreUse.Existing, cancellationToken);
            options.Drain = store.Outbox.ReconcileAsync;
        }

        await using var from = context.OpenTier(source, _from.Name, StoreUse.Existing);
        await using var to = context.OpenTier(arguments.GetRequiredValue(_to), _to.Name, StoreUse.CreateIfMissing);
        ColdMigrationReport report;
        try
        {
            using var audit = context.OpenAudit();
            var about = audit.About(AuditKind.SessionsMigrated, options.Session, options.Tenant);
            report = await audit.RunAsync(
                about is null ? null : about with { Detail = options.Switch ? "switch" : "copy" },
                async () => await new ColdMigration(from, to, options, context.Time).RunAsync(cancellationToken),
                static (done, result) => done with { Sessions = result.Sessions.Count(static s => s.Outcome is MigrationOutcome.Copied or MigrationOutcome.Switched) },
                cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Failure(ExitCode.Cancelled, new ErrorReport("cancelled", "Cancelled. What was copied and switched stays. Run it again to go on."));
        }

        await context.Output.ListAsync(
            report.Sessions.Select(MigratedSessionReport.Of).ToAsyncEnumerable(), "sessions", () => MigrateReport.Of(report, options.Switch, context.SecondsSince(started)));
        return report.IsComplete
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("notMigrated", FormattableString.Invariant(
                    $"{report.Sessions.Count(s => !IsDone(s, options.Switch))} of {report.Sessions.Count} sessions are not {(options.Switch ? "switched" : "copied")} yet. Run it again to go on."))
                {
                    Transient = report.Sessions.All(s => IsDone(s, options.Switch) || s.Outcome is MigrationOutcome.Held or MigrationOutcome.Changing),
                });
    }

    private static bool IsDone(MigratedSession session, bool switches) =>
        session.Outcome is MigrationOutcome.Switched or MigrationOutcome.Ended || (session.Outcome == MigrationOutcome.Copied && !switches);

    private TierChoice HotOf(ParseResult arguments) =>
        arguments.GetValue(_hot) is { } given ? new TierChoice(given, _hot.Name)
        : Environment.GetEnvironmentVariable(EnvironmentNames.Hot) is { Length: > 0 } set ? new TierChoice(set, EnvironmentNames.Hot)
        : TierChoice.Hot(new HybridAuthStoreOptions());

    private static bool TryParseWait(string text, out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        if (text == "forever")
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return false;
        wait = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
