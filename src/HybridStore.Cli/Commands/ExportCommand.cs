using System.CommandLine;
using HybridStore.Baileys;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Makes a folder of a session, or of all that a tenant has.</summary>
internal sealed class ExportCommand : StoreCommand
{
    private readonly FolderArgument _folder = new("The folder to make, which must not exist or be empty. It will hold private keys in the clear.");

    private readonly Option<string?> _session = new("--session") { Description = "The session. The tenant ends at the first slash, unless --tenant is given.", HelpName = "TENANT/SESSION" };

    private readonly Option<string?> _tenant = new("--tenant")
    {
        Description = "All sessions of this tenant, a folder each; with --session, the tenant of a session whose name is given alone.",
        HelpName = "TENANT",
    };

    public ExportCommand()
        : base("export", "Export a session as a Baileys auth folder, all of it or nothing; or all sessions of a tenant.")
    {
        Add(_folder);
        Add(_session);
        Add(_tenant);
        Validators.Add(command =>
        {
            var (session, tenant) = (GivenTo(_session, command), GivenTo(_tenant, command));
            if (command.GetResult(_session) is null && command.GetResult(_tenant) is null)
                command.AddError("Say what to export: --session TENANT/SESSION or --tenant TENANT.");
            else if (session is not null && !SessionName.TryParse(tenant, session, out _, out var fault))
                command.AddError(fault);
            else if (session is null && tenant is not null && SessionName.FaultOfTenant(tenant) is { } tenantFault)
                command.AddError(tenantFault);
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var tenant = context.Arguments.GetValue(_tenant);
        var folder = context.Arguments.GetRequiredValue(_folder);
        var started = context.Time.GetTimestamp();
        var store = await OpenStoreAsync(context, cancellationToken);
        if (context.Arguments.GetValue(_session) is not { } name)
            return await ExportTenantAsync(context, store, tenant!, folder, started, cancellationToken);

        _ = SessionName.TryParse(tenant, name, out var session, out _);
        var result = await context.Output.WithProgressAsync(
            $"Exporting {session}",
            progress => BaileysExporter.ExportAsync(store, session, folder, new BaileysExportOptions { Progress = progress }, cancellationToken));
        context.Output.Report(new ExportReport(
            session.Tenant,
            session.Session,
            result.Session.Incarnation,
            result.Session.Version,
            result.Directory,
            result.Records,
            result.Bytes,
            result.Types,
            context.SecondsSince(started)));
        return null;
    }

    private static async Task<Failure?> ExportTenantAsync(
        CommandContext context, HybridAuthStore store, string tenant, string folder, long started, CancellationToken cancellationToken)
    {
        var export = await context.Output.WithProgressAsync(
            $"Exporting {tenant}",
            progress => BaileysTenantExporter.ExportAsync(store, tenant, folder, new BaileysExportOptions { Progress = progress }, cancellationToken));
        if (export.Sessions.Count == 0)
            return new Failure(ExitCode.Failed, new ErrorReport("notFound", $"The tenant {tenant} has no sessions. Nothing was written.") { Tenant = tenant });
        var leftOut = export.Sessions.Where(static s => s.Error is not null).ToList();
        await context.Output.ListAsync(
            export.Sessions.ToAsyncEnumerable().Select(ExportedSessionReport.Of),
            "sessions",
            () => new TenantExportReport(
                tenant,
                export.Directory,
                export.Sessions.Count - leftOut.Count,
                leftOut.Count,
                export.Sessions.Sum(static s => s.Result?.Records ?? 0),
                export.Sessions.Sum(static s => s.Result?.Bytes ?? 0),
                context.SecondsSince(started)));
        return leftOut.Count == 0
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("leftOut", FormattableString.Invariant($"{leftOut.Count} of {export.Sessions.Count} sessions are not in the export: {leftOut[0].Error!.Message}")));
    }
}
