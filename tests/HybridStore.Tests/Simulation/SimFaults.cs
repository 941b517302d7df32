namespace HybridStore.Tests.Simulation;

/// <summary>How often a call to a tier fails, and how.</summary>
/// <param name="AtOnce">Refused: nothing was done.</param>
/// <param name="ReplyLost">Done, and the caller is not told.</param>
/// <param name="Late">Given up by the caller, and done some time later all the same.</param>
internal sealed record SimFaults(double AtOnce, double ReplyLost, double Late)
{
    public static SimFaults None { get; } = new(0, 0, 0);

    public static SimFaults Some { get; } = new(0.05, 0.05, 0.04);

    public static SimFaults Many { get; } = new(0.2, 0.15, 0.1);
}
