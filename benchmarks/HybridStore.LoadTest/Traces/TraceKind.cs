namespace HybridStore.LoadTest.Traces;

/// <summary>What the bots of a trace do.</summary>
internal enum TraceKind
{
    /// <summary>They are paired and synchronise for the first time; they begin with nothing.</summary>
    Pairing,

    /// <summary>They connect again and get what came meanwhile.</summary>
    Reconnect,

    /// <summary>They answer messages of single peers.</summary>
    Steady,

    /// <summary>They send one message to hundreds of devices.</summary>
    Broadcast,

    /// <summary>They are in groups where much is written.</summary>
    Groups,

    /// <summary>There are many of them, each with its own rate of messages.</summary>
    Many,
}
