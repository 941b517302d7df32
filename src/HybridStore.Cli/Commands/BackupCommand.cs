using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Writes sessions to a file.</summary>
internal sealed class BackupCommand : StoreCommand
{
    private readonly Argument<string> _file = new FileArgument("The file to write. It must not exist.");

    private readonly Option<string?> _session = new("--session")
    {
        Description = "Only this session. The tenant ends at the first slash, unless --tenant is given.",
        HelpName = "TENANT/SESSION",
    };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only the sessions of this tenant.", HelpName = "TENANT" };

    private readonly Option<bool> _all = new("--all") { Description = "All sessions.", Arity = ArgumentArity.Zero };

    private readonly Option<string?> _keys = new("--with-keys")
    {
        Description = "Write the data keys, wrapped under the master key, to this file, which must not exist. Keep it apart from the backup. Without it, only sessions that still exist can be restored.",
        HelpName = "FILE",
    };

    public BackupCommand()
        : base("backup", "Write sessions to a file, encrypted as they are, while bots go on. Sessions with commits that can't be drained are named and left out.")
    {
        Add(_file);
        Add(_session);
        Add(_tenant);
        Add(_all);
        Add(_keys);
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
        var started = context.Time.GetTimestamp();
        var (file, keys, tenant) = (context.Arguments.GetRequiredValue(_file), context.Arguments.GetValue(_keys), context.Arguments.GetValue(_tenant));
        if (keys is not null && Path.GetFullPath(keys) == Path.GetFullPath(file))
            throw new UsageException("--with-keys names the backup itself: the keys go into a file of their own.");
        AuthSessionId? session = context.Arguments.GetValue(_session) is { } name && SessionName.TryParse(tenant, name, out var id, out _) ? id : null;
        var store = await OpenStoreAsync(context, cancellationToken);
        var sessions = await store.Backup.WriteAsync(
            new AuthBackupRequest(file) { Session = session, Tenant = session is null ? tenant : null, KeysPath = keys }, cancellationToken);
        var leftOut = sessions.Where(static s => s.Outcome != BackupOutcome.Written).ToList();
        await context.Output.ListAsync(
            sessions.ToAsyncEnumerable().Select(BackedUpReport.Of),
            "sessions",
            () => new BackupReport(
                Path.GetFullPath(file),
                keys is null ? null : Path.GetFullPath(keys),
                sessions.Count - leftOut.Count,
                leftOut.Count,
                sessions.Sum(static s => s.Records),
                sessions.Sum(static s => s.Bytes),
                context.SecondsSince(started)));
        return leftOut.Count == 0
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("leftOut", FormattableString.Invariant($"{leftOut.Count} of {sessions.Count} sessions are not in the backup, since they have queued commits or kept changing: {Named(leftOut.Select(static s => s.Session))}.")));
    }

    private static string Named(IEnumerable<AuthSessionId> sessions) => string.Join(", ", sessions);
}
