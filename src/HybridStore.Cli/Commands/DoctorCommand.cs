using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Says what waits for a person.</summary>
internal sealed class DoctorCommand : StoreCommand
{
    private readonly Option<string?> _session = new("--session")
    {
        Description = "Only this session. The tenant ends at the first slash, unless --tenant is given.",
        HelpName = "TENANT/SESSION",
    };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only the sessions of this tenant.", HelpName = "TENANT" };

    private readonly Option<bool> _all = new("--all") { Description = "All sessions.", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "Open no records: damage is not looked for.",
        Arity = ArgumentArity.Zero,
    };

    public DoctorCommand()
        : base("doctor", "Look at sessions and the store, and explain what waits for a person: the state, what is at risk, and what each way out costs. Nothing is changed.")
    {
        Add(_session);
        Add(_tenant);
        Add(_all);
        Add(_quick);
        Validators.Add(command =>
        {
            var (session, tenant) = (GivenTo(_session, command), GivenTo(_tenant, command));
            var all = command.GetResult(_all) is { Implicit: false };
            if (session is null && tenant is null && !all)
                command.AddError("Say which sessions: --session TENANT/SESSION, --tenant TENANT or --all.");
            else if (all && (session is not null || tenant is not null))
                command.AddError("--all is given with --session or --tenant: it is one or the other.");
            else if (session is not null && !SessionName.TryParse(tenant, session, out _, out var fault))
                command.AddError(fault);
            else if (session is null && tenant is not null && SessionName.FaultOfTenant(tenant) is { } tenantFault)
                command.AddError(tenantFault);
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var tenant = context.Arguments.GetValue(_tenant);
        var opens = !context.Arguments.GetValue(_quick);
        var store = await OpenStoreAsync(context, cancellationToken);
        var findings = new List<AuthFinding>(await store.Doctor.DiagnoseAsync(cancellationToken));
        var sessions = 0;
        if (context.Arguments.GetValue(_session) is { } name && SessionName.TryParse(tenant, name, out var one, out _))
        {
            findings.AddRange(await store.Doctor.DiagnoseAsync(one, opens, cancellationToken));
            sessions = 1;
        }
        else
        {
            await foreach (var listed in store.ListSessionsAsync(tenant, cancellationToken))
            {
                try
                {
                    findings.AddRange(await store.Doctor.DiagnoseAsync(listed.Id, opens, cancellationToken));
                    sessions++;
                }
                catch (SessionNotFoundException)
                {
                    // It was deleted since it was listed.
                }
            }
        }

        var waiting = findings.Where(static f => f is { WaitsForAPerson: true, Session: not null }).Select(static f => f.Session).Distinct().Count();
        context.Output.Report(new DoctorReport(findings.Count == 0, sessions, waiting, [.. findings.Select(FindingReport.Of)]));
        return findings.Any(static f => f.WaitsForAPerson)
            ? new Failure(ExitCode.Waits, new ErrorReport("waits", FormattableString.Invariant($"{findings.Count(static f => f.WaitsForAPerson)} findings wait for a person.")))
            : null;
    }
}
