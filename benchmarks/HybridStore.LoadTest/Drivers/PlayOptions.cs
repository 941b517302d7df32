using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>What is played, and how.</summary>
internal sealed record PlayOptions
{
    public required TraceOptions Trace { get; init; }

    /// <summary>How many messages are measured, at most; a trace that ends has its own number.</summary>
    public int Messages { get; init; } = 2000;

    /// <summary>How many are played before.</summary>
    public int WarmUp { get; init; } = 200;

    /// <summary>Messages in a second; 0: as many as <see cref="Callers"/> get done.</summary>
    public double Rate { get; init; }

    /// <summary>Whether they come at random moments.</summary>
    public bool Poisson { get; init; }

    /// <summary>How many play at a time.</summary>
    public int Callers { get; init; } = 1;

    /// <summary>When no further message is begun.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    public string Driver => Rate > 0 ? "open" : "closed";
}
