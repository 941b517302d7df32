namespace HybridStore.Cli.Doctor;

/// <summary>A finding in plain words.</summary>
/// <param name="State">What it is.</param>
/// <param name="Cause">How it came.</param>
/// <param name="Risk">What is at risk as long as nothing is done.</param>
/// <param name="WaysOut">The ways out, the cheapest first.</param>
internal sealed record Explanation(string State, string Cause, string Risk, IReadOnlyList<WayOut> WaysOut);
