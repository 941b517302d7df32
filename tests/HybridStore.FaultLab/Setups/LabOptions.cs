using System.Globalization;

namespace HybridStore.FaultLab.Setups;

/// <summary>What was asked for on the command line.</summary>
internal sealed record LabOptions
{
    public double Minutes { get; init; } = 2;

    public int Seed { get; init; } = Random.Shared.Next();

    public string? Json { get; init; }

    public bool DefaultOptions { get; init; }

    /// <summary>The setups to run; none: all.</summary>
    public IReadOnlyList<string> Setups { get; init; } = [];

    /// <summary>The fault classes to use; none: all.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Bots of each setup; 0: as the setup says.</summary>
    public int Bots { get; init; }

    /// <summary>Between two calls of a session, in milliseconds; 0: as the setup says.</summary>
    public int Pace { get; init; }

    /// <summary>Whether the histories are kept; they are where something was found.</summary>
    public bool Keep { get; init; }

    public static LabOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new LabOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--minutes" => options with { Minutes = double.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--json" => options with { Json = arguments[++i] },
                "--default-options" => options with { DefaultOptions = true },
                "--setups" => options with { Setups = arguments[++i].Split(',') },
                "--faults" => options with { Faults = arguments[++i].Split(',') },
                "--bots" => options with { Bots = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--pace" => options with { Pace = int.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--keep" => options with { Keep = true },
                var other => throw new ArgumentException($"There is no option {other}."),
            };
        }

        return options;
    }

    /// <summary>The options with which to ask for the same run again: all but where its report goes.</summary>
    public override string ToString()
    {
        var said = new List<string> { "--minutes", Minutes.ToString(CultureInfo.InvariantCulture), "--seed", Seed.ToString(CultureInfo.InvariantCulture) };
        if (DefaultOptions)
            said.Add("--default-options");
        if (Setups.Count > 0)
            said.AddRange(["--setups", string.Join(',', Setups)]);
        if (Faults.Count > 0)
            said.AddRange(["--faults", string.Join(',', Faults)]);
        if (Bots > 0)
            said.AddRange(["--bots", Bots.ToString(CultureInfo.InvariantCulture)]);
        if (Pace > 0)
            said.AddRange(["--pace", Pace.ToString(CultureInfo.InvariantCulture)]);
        return string.Join(' ', said);
    }
}
