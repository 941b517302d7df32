using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Gives up the oldest queued commit of a session.</summary>
internal sealed class OutboxDiscardCommand : SessionCommand
{
    private readonly Option<long> _version = new("--version")
    {
        Description = "The version that the commit makes, as outbox show names it. It must be the oldest that waits.",
        HelpName = "N",
        Required = true,
    };

    public OutboxDiscardCommand()
        : base("discard", "Give up the oldest queued commit of a session: it is lost, the ones after it go on, and the session is marked as rolled back.")
    {
        Add(_version);
        new YesOption("Yes, give it up.", "Nothing was discarded: the commit would be lost, and the session marked as rolled back.").AddTo(this);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var version = context.Arguments.GetRequiredValue(_version);
        var store = await OpenStoreAsync(context, cancellationToken);
        var content = await OutboxRest.ShowAsync(store, session, cancellationToken);
        if (content.Entries is not [{ } oldest, ..] || oldest.Version != version)
            return NotTheOldest(session, version, content);
        await store.Outbox.DiscardAsync(session, version, cancellationToken);
        return await OutboxRest.ReportAsync(
            context, store, session, _ => new OutboxDiscardReport(session.Tenant, session.Session, version, Discarded: true, RolledBack: true), cancellationToken);
    }

    protected override bool Takes(string? hot) => HotChoice.Queues(hot);

    // What the library says of it is of versions, which tells a person less.
    private static Failure NotTheOldest(AuthSessionId session, long version, OutboxContent content) => new(
        ExitCode.Failed,
        new ErrorReport(
            "commitConflict",
            content.Entries is [{ } oldest, ..]
                ? FormattableString.Invariant($"The oldest queued commit of session {session} makes version {oldest.Version}, not {version}. Nothing was changed.")
                : $"Session {session} has no queued commits. Nothing was changed.")
        {
            Tenant = session.Tenant, Session = session.Session,
        });
}
