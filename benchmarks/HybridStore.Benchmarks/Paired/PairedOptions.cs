namespace HybridStore.Benchmarks.Paired;

/// <summary>How long comparisons are made.</summary>
/// <param name="Rounds">Rounds of calls that take some tenths of a second.</param>
/// <param name="LongRounds">Of those that take seconds.</param>
/// <param name="WarmUps">Rounds before.</param>
/// <param name="Calls">Calls to a server in a round, by however many callers: the store's code is compiled for good only after some ten thousand.</param>
internal sealed record PairedOptions(int Rounds, int LongRounds, int WarmUps, int Calls)
{
    public static PairedOptions Quick { get; } = new(Rounds: 9, LongRounds: 3, WarmUps: 2, Calls: 4096);

    public static PairedOptions Full { get; } = new(Rounds: 41, LongRounds: 15, WarmUps: 4, Calls: 8192);
}
