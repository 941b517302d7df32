namespace HybridStore.LoadTest.Traces;

/// <summary>Which trace.</summary>
internal sealed record TraceOptions
{
    public required TraceKind Kind { get; init; }

    public required Profile Profile { get; init; }

    public int Seed { get; init; } = 1;

    public int Sessions { get; init; } = 1;

    /// <summary>The devices of a broadcast; 500 where nothing is said.</summary>
    public int? Devices { get; init; }

    /// <summary>How many messages came while a bot was away; 100 to 3,000, drawn, where nothing is said.</summary>
    public int? Burst { get; init; }

    /// <summary>The most contacts that a notification of history names while pairing; 2,000 where nothing is said.</summary>
    public int? Contacts { get; init; }
}
