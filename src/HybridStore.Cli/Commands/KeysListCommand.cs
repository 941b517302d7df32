using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Lists the master keys.</summary>
internal sealed class KeysListCommand : StoreCommand
{
    private readonly Option<bool> _count = new("--count") { Description = "Count the data keys under each. It goes through all sessions.", Arity = ArgumentArity.Zero };

    public KeysListCommand()
        : base("list", "List the master keys: their ids, states and times, the active one first; never the keys.") => Add(_count);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        var keys = await store.KeyRing.ListAsync(cancellationToken);
        var counts = context.Arguments.GetValue(_count) ? await store.KeyRing.CountAsync(cancellationToken) : null;
        await context.Output.ListAsync(keys.Select(k => MasterKeyReport.Of(k, counts?.GetValueOrDefault(k.Id))).ToAsyncEnumerable());
        return null;
    }
}
