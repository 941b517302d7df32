using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Takes sessions in from a backup.</summary>
internal sealed class RestoreCommand : StoreCommand
{
    private readonly Argument<string> _file = new FileArgument("The backup.");

    private readonly Option<string?> _keys = new("--keys")
    {
        Description = "The file of its data keys. Default: the keys that the store has of sessions that exist.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _session = new("--session") { Description = "Only this session. The tenant ends at the first slash, unless --tenant is given.", HelpName = "TENANT/SESSION" };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "The tenant of --session, if it has a slash itself.", HelpName = "TENANT" };

    private readonly Option<bool> _replace = new("--replace")
    {
        Description = "Replace sessions that exist: what they have now is gone for good. Without this, nothing is restored if one exists.",
        Arity = ArgumentArity.Zero,
    };

    public RestoreCommand()
        : base("restore", "Take sessions in from a backup. They are marked as rolled back, and have no records that must not be used twice.")
    {
        Add(_file);
        Add(_keys);
        Add(_session);
        Add(_tenant);
        Add(_replace);
        Validators.Add(command =>
        {
            var (session, tenant) = (GivenTo(_session, command), GivenTo(_tenant, command));
            if (session is not null && !SessionName.TryParse(tenant, session, out _, out var fault))
                command.AddError(fault);
            else if (session is null && tenant is not null)
                command.AddError("--tenant is the tenant of --session, which is not given.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        AuthSessionId? session = context.Arguments.GetValue(_session) is { } name && SessionName.TryParse(context.Arguments.GetValue(_tenant), name, out var id, out _)
            ? id
            : null;
        var file = context.Arguments.GetRequiredValue(_file);
        var store = await OpenStoreAsync(context, StoreUse.CreateIfMissing, cancellationToken);
        IReadOnlyList<RestoredSession> sessions;
        try
        {
            sessions = await store.Backup.RestoreAsync(
                new AuthRestoreRequest(file) { KeysPath = context.Arguments.GetValue(_keys), Session = session, Replace = context.Arguments.GetValue(_replace) },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Failure(ExitCode.Cancelled, new ErrorReport("cancelled", "Cancelled. Sessions that were restored before stay; the same command finishes one that was begun."));
        }

        var failed = sessions.Where(static s => s.Outcome is RestoreOutcome.Held or RestoreOutcome.Unmarked).ToList();
        await context.Output.ListAsync(
            sessions.ToAsyncEnumerable().Select(RestoredReport.Of),
            "sessions",
            () => new RestoreReport(
                Path.GetFullPath(file),
                sessions.Count(static s => s.Outcome != RestoreOutcome.Held),
                sessions.Count(static s => s.Outcome == RestoreOutcome.Held),
                sessions.Sum(static s => s.Records),
                sessions.Sum(static s => s.Dropped),
                context.SecondsSince(started)));
        return failed.Count == 0
            ? null
            : new Failure(
                ExitCode.Failed,
                new ErrorReport("notRestored", FormattableString.Invariant($"{failed.Count} of {sessions.Count} sessions were held by a process, or opened before they were marked: {string.Join(", ", failed.Select(static s => s.Session))}.")));
    }
}
