namespace HybridStore.Redis.Tests.Support;

/// <summary>Waits for what comes by itself, as long as a slow machine may need.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"It never came: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>Calls until the server answers. After a connection was lost, the driver says that it is connected a moment before it sends again.</summary>
    public static async Task<T> AnswersAsync<T>(Func<ValueTask<T>> call)
    {
        T? answer = default;
        await TrueAsync(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            "an answer");
        return answer!;
    }

    public static Task ConnectedAsync(RedisHotTier tier) =>
        TrueAsync(async () => (await tier.InspectAsync(CancellationToken.None)).IsConnected, "the connection");
}
