using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>A command about one master key of the ring.</summary>
internal abstract class MasterKeyCommand : StoreCommand
{
    private readonly Argument<string> _id = new("KEY") { Description = "The master key's id, as `keys list` shows it." };

    protected MasterKeyCommand(string name, string description)
        : base(name, description) => Add(_id);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(context, cancellationToken);
        context.Output.Report(await ChangeAsync(store, context.Arguments.GetRequiredValue(_id), cancellationToken));
        return null;
    }

    protected abstract Task<KeyChangeReport> ChangeAsync(HybridAuthStore store, string id, CancellationToken cancellationToken);
}
