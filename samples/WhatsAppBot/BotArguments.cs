using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WhatsAppBot;

/// <summary>What the command line says.</summary>
internal sealed record BotArguments
{
    public const string Usage = """
        usage: WhatsAppBot [--steps N] [--seed N] [--cold sqlite:PATH] [--redis CONNECTION] [--auth-info DIR] [--ack-log FILE] [--verify]
          --steps      how many steps to reach in all, over all runs (2000)
          --seed       which trace to play (1)
          --cold       where the session is kept for good (sqlite:hybridstore.db in the current folder)
          --redis      a Redis in front of it, such as localhost:6379: fast, shared, and a queue for what the database has not taken yet (none)
          --auth-info  the Baileys folder that the first run imports (auth_info beside the program)
          --ack-log    a file that gets a line for each acknowledged commit, before the next step begins
          --verify     compare everything with what it must be, and exit
        """;

    public long Steps { get; private set; } = 2000;

    public long Seed { get; private set; } = 1;

    public string? Cold { get; private set; }

    public string? Redis { get; private set; }

    public string AuthInfo { get; private set; } = Path.Join(AppContext.BaseDirectory, "auth_info");

    public string? AckLog { get; private set; }

    public bool Verify { get; private set; }

    public static bool TryParse(string[] args, out BotArguments arguments, [NotNullWhen(false)] out string? fault)
    {
        arguments = new BotArguments();
        fault = null;
        for (var i = 0; i < args.Length && fault is null; i++)
        {
            if (args[i] == "--verify")
                arguments.Verify = true;
            else if (i + 1 == args.Length)
                fault = $"'{args[i]}' is unknown or lacks its value.";
            else if (!arguments.TrySet(args[i], args[++i]))
                fault = $"'{args[i - 1]} {args[i]}' is not understood.";
        }

        return fault is null;
    }

    private bool TrySet(string name, string value)
    {
        switch (name)
        {
            case "--steps" when TryParseNumber(value, out var steps):
                Steps = steps;
                return true;
            case "--seed" when TryParseNumber(value, out var seed):
                Seed = seed;
                return true;
            case "--cold":
                Cold = value;
                return true;
            case "--redis":
                Redis = value;
                return true;
            case "--auth-info":
                AuthInfo = value;
                return true;
            case "--ack-log":
                AckLog = value;
                return true;
            default:
                return false;
        }
    }

    private static bool TryParseNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
