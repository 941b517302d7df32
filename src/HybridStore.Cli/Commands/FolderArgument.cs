using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>A folder of Baileys' <c>useMultiFileAuthState</c>.</summary>
internal sealed class FolderArgument : Argument<string>
{
    public FolderArgument(string description)
        : base("DIR")
    {
        Description = description;
        Validators.Add(argument =>
        {
            if (argument.Tokens is [{ Value: "" }])
                argument.AddError("The folder is empty text.");
        });
    }
}
