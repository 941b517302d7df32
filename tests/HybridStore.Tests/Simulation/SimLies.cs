namespace HybridStore.Tests.Simulation;

/// <summary>How a hot server that queues treats what it was given.</summary>
internal enum SimLies
{
    /// <summary>It may drop records, and what is idle, and loses nothing else.</summary>
    None,

    /// <summary>It is restarted with all it had, and says that it always does so.</summary>
    Restarts,

    /// <summary>It is emptied, restarted, or goes back to an older state.</summary>
    Losses,
}
