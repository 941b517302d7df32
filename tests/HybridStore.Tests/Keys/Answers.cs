namespace HybridStore.Tests.Keys;

internal static class Answers
{
    /// <summary>What a call gives that never waits.</summary>
    public static T Result<T>(this ValueTask<T> call)
    {
        Assert.True(call.IsCompletedSuccessfully);
        return call.GetAwaiter().GetResult();
    }
}
