using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>Encrypts records under the newest data keys.</summary>
internal sealed class KeysReencryptCommand : KeyJobCommand
{
    private readonly Option<bool> _new = new("--new-keys") { Description = "Give each session a new data key first. Leave it out to go on with a run that was cut short.", Arity = ArgumentArity.Zero };

    public KeysReencryptCommand()
        : base("reencrypt", "Encrypt the records that are under older data keys of their sessions under the newest. Sessions may be in use; versions stay.") => Add(_new);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        var fresh = context.Arguments.GetValue(_new);
        return await RunAsync(context, "reencrypt", masterKey: null, request => store.KeyRing.ReencryptAsync(request with { NewDataKeys = fresh }, cancellationToken));
    }
}
