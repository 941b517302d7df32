using HybridStore.Cli.Reports;
using HybridStore.Codec;

namespace HybridStore.Cli.Commands;

/// <summary>Makes a master key.</summary>
internal sealed class KeygenCommand() : ToolCommand("keygen", "Print a fresh master key, 32 random bytes in base64, and nothing else.")
{
    public override Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        using var key = MasterKey.Generate();
        context.Output.Report(new KeyReport(key.ToBase64(), key.Id));
        return Task.FromResult<Failure?>(null);
    }
}
