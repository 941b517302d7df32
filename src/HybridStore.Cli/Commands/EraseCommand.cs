using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Erases a session or a tenant.</summary>
internal sealed class EraseCommand : StoreCommand
{
    private readonly Option<string?> _session = new("--session") { Description = "The session. The tenant ends at the first slash, unless --tenant is given.", HelpName = "TENANT/SESSION" };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "All sessions of this tenant; with --session, the tenant of a session whose name is given alone.", HelpName = "TENANT" };

    public EraseCommand()
        : base("erase", "Erase a session, or all of a tenant, so that nobody can open it any more, and tell what was erased and which copies may outlive that.")
    {
        Add(_session);
        Add(_tenant);
        new YesOption("Yes, erase it.", "Nothing was erased: what was erased is gone for good.").AddTo(this);
        Validators.Add(command =>
        {
            var (session, tenant) = (GivenTo(_session, command), GivenTo(_tenant, command));
            if (session is null && tenant is null)
                command.AddError("Say what to erase: --session TENANT/SESSION or --tenant TENANT.");
            else if (session is not null && !SessionName.TryParse(tenant, session, out _, out var fault))
                command.AddError(fault);
            else if (session is null && SessionName.FaultOfTenant(tenant!) is { } tenantFault)
                command.AddError(tenantFault);
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var tenant = context.Arguments.GetValue(_tenant);
        AuthSessionId? session = context.Arguments.GetValue(_session) is { } name && SessionName.TryParse(tenant, name, out var id, out _) ? id : null;
        var store = await OpenStoreAsync(context, cancellationToken);
        long sessions = 0, records = 0, incomplete = 0;
        IReadOnlyList<RemainingCopyReport> remaining = [];
        await context.Output.ListAsync(
            ReportsAsync(),
            "sessions",
            () => new EraseReport(session?.Tenant ?? tenant!, sessions, records, incomplete == 0, remaining, context.SecondsSince(started)));
        return incomplete == 0
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("notErased", FormattableString.Invariant($"{incomplete} of {sessions} sessions are not gone from every place: see above. Erase them again, by --session, when it can be reached.")));

        async IAsyncEnumerable<ErasedReport> ReportsAsync()
        {
            var reports = session is { } one ? OneAsync(one) : store.Erasure.EraseTenantAsync(tenant!, cancellationToken);
            await foreach (var report in reports)
            {
                sessions++;
                records += report.Records;
                if (!report.IsComplete)
                    incomplete++;
                remaining = [.. report.Remaining.Select(RemainingCopyReport.Of)];
                yield return ErasedReport.Of(report);
            }
        }

        async IAsyncEnumerable<ErasureReport> OneAsync(AuthSessionId one)
        {
            yield return await store.Erasure.EraseAsync(one, cancellationToken);
        }
    }
}
