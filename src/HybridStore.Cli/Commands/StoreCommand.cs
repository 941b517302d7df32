using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>A command that opens a store.</summary>
internal abstract class StoreCommand : ToolCommand
{
    private readonly Option<string?> _cold = new("--cold")
    {
        Description = $"The store: sqlite:PATH. Default: {EnvironmentNames.Cold}, else sqlite:hybridstore.db.",
        HelpName = "URI",
    };

    protected StoreCommand(string name, string description)
        : base(name, description)
    {
        Add(_cold);
        Validators.Add(command =>
        {
            if (GivenTo(_cold, command) is { } cold && ColdDatabase.FaultOf(cold, _cold.Name) is { } fault)
                command.AddError(fault);
        });
    }

    protected IAuthStateStore OpenStore(CommandContext context, StoreUse use = StoreUse.Existing) => context.OpenStore(context.Arguments.GetValue(_cold), use);
}
