namespace HybridStore.Benchmarks.Paired;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Operations">How many operations a round has.</param>
/// <param name="Prepare">Is called before each round, and not measured.</param>
/// <param name="RunAsync">Makes a round.</param>
internal sealed record PairedSide(string Name, int Operations, Action Prepare, Func<Task> RunAsync);
