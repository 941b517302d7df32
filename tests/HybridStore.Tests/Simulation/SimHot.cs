namespace HybridStore.Tests.Simulation;

/// <summary>Which hot tier the processes of a run have.</summary>
internal enum SimHot
{
    None,
    OfEach,
    Shared,
}
