namespace HybridStore.Tests.Simulation;

/// <summary>A promise was broken.</summary>
internal sealed class SimFailure(string message) : Exception(message);
