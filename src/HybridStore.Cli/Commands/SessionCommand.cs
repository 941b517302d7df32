using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>A command about one session.</summary>
internal abstract class SessionCommand : StoreCommand
{
    private readonly Option<string> _session = new("--session")
    {
        Description = "The session. The tenant ends at the first slash.",
        HelpName = "TENANT/SESSION",
        Required = true,
    };

    private readonly Option<string?> _tenant = new("--tenant")
    {
        Description = "The tenant, if it has a slash itself: --session is then the session's name alone.",
        HelpName = "TENANT",
    };

    protected SessionCommand(string name, string description)
        : base(name, description)
    {
        Add(_session);
        Add(_tenant);
        Validators.Add(command =>
        {
            if (GivenTo(_session, command) is { } session && !SessionName.TryParse(GivenTo(_tenant, command), session, out _, out var fault))
                command.AddError(fault);
        });
    }

    protected AuthSessionId SessionOf(CommandContext context) =>
        SessionName.TryParse(context.Arguments.GetValue(_tenant), context.Arguments.GetRequiredValue(_session), out var id, out var fault)
            ? id
            : throw new UsageException(fault);
}
