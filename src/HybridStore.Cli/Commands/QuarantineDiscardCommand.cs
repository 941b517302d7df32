using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Removes a damaged envelope from quarantine.</summary>
internal sealed class QuarantineDiscardCommand : SessionCommand
{
    private readonly QuarantineIdOption _id = new();

    public QuarantineDiscardCommand()
        : base("discard", "Remove a damaged envelope from quarantine, for good. Export it first if it is to be looked into.")
    {
        Add(_id);
        new YesOption("Yes, remove it.", "Nothing was discarded: it would be gone for good.").AddTo(this);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var id = context.Arguments.GetRequiredValue(_id);
        var store = await OpenStoreAsync(context, cancellationToken);
        if (!await store.Quarantine.DiscardAsync(session, id, cancellationToken))
            return QuarantineIdOption.NotThere(session, id);
        context.Output.Report(new QuarantineDiscardReport(session.Tenant, session.Session, id, Discarded: true));
        return null;
    }
}
