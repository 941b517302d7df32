using System.CommandLine;
using System.CommandLine.Parsing;

namespace HybridStore.Cli.Commands;

/// <summary>A command of the tool.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>Runs it.</summary>
    /// <param name="context">Its arguments, output and store.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it found to be wrong, or <see langword="null"/>; what it could not do at all is an exception.</returns>
    public abstract Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken);

    /// <summary>What an option was given while the arguments are being checked, or <see langword="null"/> where the parser itself has something to say.</summary>
    protected static string? GivenTo(Option option, SymbolResult within) => within.GetResult(option)?.Tokens is [var token] ? token.Value : null;
}
