using System.CommandLine;

namespace HybridStore.Cli.Commands;

/// <summary>Without it, a command that can't be undone does nothing.</summary>
internal sealed class YesOption : Option<bool>
{
    private readonly string _refusal;

    public YesOption(string description, string refusal)
        : base("--yes")
    {
        Description = $"{description} Without this, nothing is done.";
        Arity = ArgumentArity.Zero;
        _refusal = refusal;
    }

    public void AddTo(Command command)
    {
        command.Add(this);
        command.Validators.Add(given =>
        {
            if (given.GetResult(this) is not { Implicit: false })
                given.AddError($"{_refusal} Give --yes if that is what you want.");
        });
    }
}
