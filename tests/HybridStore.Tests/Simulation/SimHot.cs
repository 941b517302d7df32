namespace HybridStore.Tests.Simulation;

/// <summary>Which hot tier the processes of a run have.</summary>
internal enum SimHot
{
    None,
    OfEach,
    Shared,

    /// <summary>Shared, and durable enough to queue in.</summary>
    Queueing,
}
