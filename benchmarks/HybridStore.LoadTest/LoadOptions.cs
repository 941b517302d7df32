using System.Globalization;
using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest;

/// <summary>What was asked for on the command line.</summary>
internal sealed record LoadOptions
{
    public Profile Profile { get; init; } = Profile.Small;

    public TraceKind Trace { get; init; } = TraceKind.Steady;

    /// <summary>None: all that there are.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    public int Sessions { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public int? Devices { get; init; }

    public int? Burst { get; init; }

    public int Messages { get; init; } = 2000;

    public int WarmUp { get; init; } = 200;

    public int Callers { get; init; } = 1;

    public double Rate { get; init; }

    public bool Poisson { get; init; }

    public double Seconds { get; init; } = 20;

    public bool Full { get; init; }

    /// <summary>Where results are written as JSON.</summary>
    public string? Json { get; init; }

    public PlayOptions Play => new()
    {
        Trace = new TraceOptions { Kind = Trace, Profile = Profile, Seed = Seed, Sessions = Sessions, Devices = Devices, Burst = Burst },
        Messages = Messages,
        WarmUp = WarmUp,
        Callers = Callers,
        Rate = Rate,
        Poisson = Poisson,
        Limit = TimeSpan.FromSeconds(Seconds),
    };

    public static LoadOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new LoadOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--profile" => options with { Profile = ProfileOf(arguments[++i]) },
                "--trace" => options with { Trace = Enum.Parse<TraceKind>(arguments[++i], ignoreCase: true) },
                "--targets" => options with { Targets = arguments[++i].Split(';', StringSplitOptions.TrimEntries) },
                "--sessions" => options with { Sessions = Number(arguments[++i]) },
                "--seed" => options with { Seed = Number(arguments[++i]) },
                "--devices" => options with { Devices = Number(arguments[++i]) },
                "--burst" => options with { Burst = Number(arguments[++i]) },
                "--messages" => options with { Messages = Number(arguments[++i]) },
                "--warm-up" => options with { WarmUp = Number(arguments[++i]) },
                "--callers" => options with { Callers = Number(arguments[++i]) },
                "--rate" => options with { Rate = double.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--poisson" => options with { Poisson = true },
                "--seconds" => options with { Seconds = double.Parse(arguments[++i], CultureInfo.InvariantCulture) },
                "--quick" => options with { Full = false },
                "--full" => options with { Full = true },
                "--json" => options with { Json = arguments[++i] },
                var other => throw new ArgumentException($"There is no option {other}."),
            };
        }

        return options;
    }

    private static Profile ProfileOf(string name) => Profile.All.FirstOrDefault(p => p.Name == name) ?? throw new ArgumentException($"There is no profile {name}.");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
