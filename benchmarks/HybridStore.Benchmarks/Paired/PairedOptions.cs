namespace HybridStore.Benchmarks.Paired;

/// <summary>How long comparisons are made.</summary>
/// <param name="Rounds">Rounds of calls that take some tenths of a second.</param>
/// <param name="LongRounds">Of those that take seconds.</param>
/// <param name="WarmUps">Rounds before.</param>
/// <param name="Calls">Calls to a server in a round, where one caller makes them.</param>
/// <param name="ManyCalls">The same, where many do.</param>
internal sealed record PairedOptions(int Rounds, int LongRounds, int WarmUps, int Calls, int ManyCalls)
{
    public static PairedOptions Quick { get; } = new(Rounds: 9, LongRounds: 3, WarmUps: 2, Calls: 1000, ManyCalls: 4096);

    public static PairedOptions Full { get; } = new(Rounds: 41, LongRounds: 15, WarmUps: 4, Calls: 4096, ManyCalls: 8192);
}
