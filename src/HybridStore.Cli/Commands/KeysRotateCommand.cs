using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>Makes the next master key of the ring, and wraps the data keys under the active one.</summary>
internal sealed class KeysRotateCommand : KeyJobCommand
{
    private readonly Option<bool> _delayed = new("--delayed") { Description = "The new key becomes active after the activation delay, and data keys are left alone.", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _only = new("--rewrap-only") { Description = "Make no new key: only wrap what is under other master keys under the active one.", Arity = ArgumentArity.Zero };

    public KeysRotateCommand()
        : base("rotate", "Make a new master key in the key ring, active at once, and wrap every data key under it. Without a ring: wrap those of previous master keys under the configured one. No value is rewritten.")
    {
        Add(_delayed);
        Add(_only);
        Validators.Add(command =>
        {
            if (command.GetResult(_delayed) is { Implicit: false } && command.GetResult(_only) is { Implicit: false })
                command.AddError("--delayed makes a new key, and --rewrap-only makes none: give one of them.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        var keys = await store.KeyRing.ListAsync(cancellationToken);
        var (delayed, only) = (context.Arguments.GetValue(_delayed), context.Arguments.GetValue(_only));
        if (delayed || (!only && keys[0].CreatedAt is not null))
        {
            var made = await store.KeyRing.RotateAsync(atOnce: !delayed, cancellationToken);
            if (delayed)
            {
                context.Output.Report(new Reports.KeyChangeReport(made.Id, Failure.CamelCase(made.State.ToString())));
                return null;
            }

            keys = await store.KeyRing.ListAsync(cancellationToken);
        }
        else if (!only && keys.Count == 1)
        {
            throw new UsageException(
                $"There is one master key, and no key ring. Make another (hybridstore keygen), give it as {EnvironmentNames.MasterKey} and the present one as {EnvironmentNames.PreviousMasterKeys}, and run this again; or turn the ring on with {EnvironmentNames.KeyRing}=true.");
        }

        return await RunAsync(context, "rewrap", keys[0].Id, request => store.KeyRing.RewrapAsync(request, cancellationToken));
    }
}
