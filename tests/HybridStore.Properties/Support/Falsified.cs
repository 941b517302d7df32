namespace HybridStore.Properties.Support;

/// <summary>An input for which a property does not hold.</summary>
/// <param name="Smallest">The input after shrinking.</param>
/// <param name="First">The input as it was found.</param>
/// <param name="Cause">What the property threw for <paramref name="Smallest"/>.</param>
/// <param name="Runs">How many inputs were tried.</param>
/// <param name="Shrinks">How many steps the shrinking took.</param>
/// <param name="Replay">What makes it come again.</param>
internal sealed record Falsified<T>(T Smallest, T First, Exception Cause, int Runs, int Shrinks, string Replay)
{
    public override string ToString() => $"""
        Falsified by input {Runs}, shrunk in {Shrinks} steps to:

        {Smallest}

        because: {Cause.Message}

        As it was found:

        {First}

        Run this test alone with {Prove.ReplayVariable}={Replay} to see it again.
        """;
}
