namespace HybridStore.FaultLab.Nemesis;

/// <summary>How long things last.</summary>
internal static class Wait
{
    public static Task SomeAsync(Random random, int least, int most) => Task.Delay(TimeSpan.FromMilliseconds(random.Next(least, most)), TimeProvider.System);
}
