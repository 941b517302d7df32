using System.CommandLine;
using HybridStore.DependencyInjection;

namespace HybridStore.Cli.Commands;

/// <summary>A command that opens a store.</summary>
internal abstract class StoreCommand : ToolCommand
{
    private readonly Option<string?> _cold = new("--cold")
    {
        Description = $"The store: {ColdSchemes.Forms}. Default: {EnvironmentNames.Cold}, else {TierChoice.MongoDbVariable} or {TierChoice.DatabaseVariable}, else sqlite:hybridstore.db.",
        HelpName = "URI",
    };

    private readonly Option<string?> _hot = new("--hot")
    {
        Description = $"The hot tier, which may have commits that the store lacks: redis:CONNECTION, memory or none. Default: {EnvironmentNames.Hot}, else {TierChoice.RedisVariable}, else memory.",
        HelpName = "URI",
    };

    protected StoreCommand(string name, string description)
        : base(name, description)
    {
        Add(_cold);
        Add(_hot);
        Validators.Add(command =>
        {
            if (GivenTo(_cold, command) is { } cold && ColdDatabase.FaultOf(cold, _cold.Name) is { } fault)
                command.AddError(fault);
            if (GivenTo(_hot, command) is { } hot && HotChoice.FaultOf(hot, _hot.Name) is { } hotFault)
                command.AddError(hotFault);
        });
    }

    protected Task<HybridAuthStore> OpenStoreAsync(CommandContext context, CancellationToken cancellationToken) =>
        OpenStoreAsync(context, StoreUse.Existing, cancellationToken);

    protected Task<HybridAuthStore> OpenStoreAsync(CommandContext context, StoreUse use, CancellationToken cancellationToken) =>
        context.OpenStoreAsync(context.Arguments.GetValue(_cold), context.Arguments.GetValue(_hot), Takes, use, cancellationToken);

    /// <summary>Whether the command makes sense with a hot tier. A command about the outbox is given the one that has it: any other would say that nothing waits.</summary>
    protected virtual bool Takes(string? hot) => true;
}
