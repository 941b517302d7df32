using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Takes a damaged record out of a session.</summary>
internal sealed class QuarantineAddCommand : SessionCommand
{
    private readonly Option<string> _type = new("--type") { Description = "The record's type.", HelpName = "TYPE", Required = true };

    private readonly Option<string> _id = new("--id") { Description = "The record's id.", HelpName = "ID", Required = true };

    public QuarantineAddCommand()
        : base("add", "Take a damaged record out of a session into quarantine, so that the client makes it anew. A record that opens is left alone.")
    {
        Add(_type);
        Add(_id);
        new YesOption("Yes, take it out.", "Nothing was taken out: the session would no longer have this record.").AddTo(this);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var key = new AuthKey(context.Arguments.GetRequiredValue(_type), context.Arguments.GetRequiredValue(_id));
        if (key == AuthKey.Creds)
            throw new UsageException("No client makes the credentials anew: restore a backup, roll back to a former version, or delete the session and pair again.");
        var store = await OpenStoreAsync(context, cancellationToken);
        _ = await store.FindSessionAsync(session, cancellationToken) ?? throw new SessionNotFoundException(session);
        try
        {
            var record = await store.GetAsync(session, key, cancellationToken);
            return new Failure(
                ExitCode.Failed,
                new ErrorReport("notDamaged", $"The record {key} of session {session} {(record.Exists ? "opens" : "does not exist")}. Nothing was changed.")
                {
                    Tenant = session.Tenant, Session = session.Session, Record = RecordName.Of(key),
                });
        }
        catch (EnvelopeException e) when (new AuthRecordCheck(key, Version: 0, StoredBytes: 0, e.Fault).IsDamaged)
        {
            await store.CommitAsync(session, new AuthPatch().Delete(key).ReplaceDamaged(), cancellationToken);
        }

        context.Output.Report(new QuarantineAddReport(session.Tenant, session.Session, RecordName.Of(key), Quarantined: true));
        return null;
    }
}
