using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Goes on with what a store has that went back in time.</summary>
internal sealed class AcceptCommand : SessionCommand
{
    private readonly Option<long> _version = new("--version")
    {
        Description = "The version that the store has, as doctor names it; 0: it does not have the session at all. What is decided is decided for this state alone.",
        HelpName = "N",
        Required = true,
    };

    public AcceptCommand()
        : base("accept", "Go on with what the store has of a session after it went back in time: what came after is lost, and the session is marked as rolled back.")
    {
        Add(_version);
        _version.Validators.Add(static given =>
        {
            if (given.Tokens is [{ Value: { } text }] && long.TryParse(text, out var version) && version < 0)
                given.AddError("--version is a version, from 1, or 0.");
        });
        new YesOption("Yes, go on with it.", "Nothing was accepted: what came after this version would be lost for good.").AddTo(this);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var version = context.Arguments.GetRequiredValue(_version);
        var store = await OpenStoreAsync(context, cancellationToken);
        var done = await store.Doctor.AcceptColdAsync(session, version, cancellationToken);
        context.Output.Report(new AcceptReport(session.Tenant, session.Session, version, done.Version, done.Records, done.Dropped, RolledBack: version > 0));
        return null;
    }
}
