using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>A file.</summary>
internal sealed class FileArgument : Argument<string>
{
    public FileArgument(string description)
        : base("FILE")
    {
        Description = description;
        Validators.Add(argument =>
        {
            if (argument.Tokens is [{ Value: "" }])
                argument.AddError("The file is empty text.");
        });
    }
}
