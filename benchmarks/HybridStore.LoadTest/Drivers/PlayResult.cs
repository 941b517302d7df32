using HybridStore.LoadTest.Measuring;

namespace HybridStore.LoadTest.Drivers;

/// <summary>What playing a trace on a target came to.</summary>
internal sealed record PlayResult
{
    public required string Target { get; init; }

    public required string Trace { get; init; }

    public required string Profile { get; init; }

    public required int Sessions { get; init; }

    public required string Driver { get; init; }

    public required int Callers { get; init; }

    /// <summary>Messages a second that came; 0: as many as got done.</summary>
    public required double Rate { get; init; }

    public required int Seed { get; init; }

    public required int Planned { get; init; }

    public required int Played { get; init; }

    public required double Seconds { get; init; }

    public required long Operations { get; init; }

    public double MessagesPerSecond => Played / Seconds;

    public double OperationsPerSecond => Operations / Seconds;

    public required Latency Message { get; init; }

    public required Latency Read { get; init; }

    public required Latency Commit { get; init; }

    /// <summary>By how much the generator itself was late.</summary>
    public required Latency Lateness { get; init; }

    /// <summary>Bytes allocated for each call, without the values that the load test made.</summary>
    public required double AllocatedPerOperation { get; init; }

    /// <summary>Processor time of this process for each call, in microseconds; that of the servers is not in it.</summary>
    public required double CpuPerOperation { get; init; }

    /// <summary>Bytes for each message, what was drained when the sessions were closed included.</summary>
    public required PerMessage Bytes { get; init; }

    /// <summary>What each session holds of the managed heap after all was played, values included.</summary>
    public required double MemoryPerSession { get; init; }

    public required double ClosingSeconds { get; init; }

    public required long Failures { get; init; }

    /// <summary>Reads that gave another record than was written last, while playing and afterwards from the tiers.</summary>
    public required long Mismatches { get; init; }

    public required string? FirstFailure { get; init; }

    /// <summary>Bytes for each message: see <see cref="Traffic"/>.</summary>
    internal sealed record PerMessage(double HotSent, double HotReceived, double ColdSent, double ColdReceived, double Wal, double Files)
    {
        public double Total => HotSent + HotReceived + ColdSent + ColdReceived + Files;

        public static PerMessage Of(Traffic traffic, int messages)
        {
            var n = (double)Math.Max(1, messages);
            return new PerMessage(traffic.HotSent / n, traffic.HotReceived / n, traffic.ColdSent / n, traffic.ColdReceived / n, traffic.Wal / n, traffic.Files / n);
        }
    }
}
