using System.Globalization;
using HybridStore.Conformance.Tiers;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Support;

/// <summary>A hot tier on a real server of the test's own, which can be restarted; where one is given, or the program for that is missing, on the shared server under a prefix of its own.</summary>
public sealed class RedisHotFixture : HotTierFixture
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly List<RedisHotTier> _tiers = [];
    private RedisServer? _server;

    public override TimeSpan LeaseDuration => TimeSpan.FromMilliseconds(1500);

    public override async ValueTask<IHotTier> OpenAsync()
    {
        if (RedisServer.IsAvailable && !SharedServer.IsGiven)
            _server ??= await RedisServer.StartDurableAsync();
        var options = new RedisHotTierOptions { KeyPrefix = _prefix, OperationTimeout = TimeSpan.FromSeconds(30), IdleExpiry = TimeSpan.FromHours(1) };
        var tier = new RedisHotTier(_server?.ConnectionString ?? await SharedServer.ConnectionStringAsync(), options);
        _tiers.Add(tier);
        await Eventually.ConnectedAsync(tier);
        return tier;
    }

    /// <summary>Leases go by the server's clock, of which a timer of ours may be a moment ahead.</summary>
    public override async ValueTask<bool> PassTimeAsync(TimeSpan by)
    {
        var until = await ServerTimeAsync() + by;
        while (until - await ServerTimeAsync() is var left && left > TimeSpan.Zero)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), TimeProvider.System);
        return true;
    }

    public override async ValueTask<bool> RestartAsync()
    {
        if (_server is null)
            return false;
        var runs = _tiers.ConvertAll(static t => t.RunId);
        await _server.RestartAsync();
        foreach (var (tier, run) in _tiers.Zip(runs))
        {
            await Eventually.TrueAsync(async () => await tier.InspectAsync(default) is { IsConnected: true } report && report.RunId != run, "the new run");
            await Eventually.AnswersAsync(() => tier.ReadAsync(new AuthSessionId("nobody", "nothing"), [], withDataKeys: false, CancellationToken.None));
        }

        return true;
    }

    public override ValueTask<bool> FlushAsync()
    {
        if (_server is null)
            return new(false);
        _server.Send("FLUSHALL");
        return new(true);
    }

    public override ValueTask<bool> ExpireIdleAsync()
    {
        if (_server is null)
            return new(false);
        using var client = _server.Connect();
        foreach (var key in client.Send("KEYS", "*").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (client.Send("TTL", key) != "-1")
                client.Send("DEL", key);
        }

        return new(true);
    }

    private async Task<TimeSpan> ServerTimeAsync()
    {
        string[] time = _server is { } server
            ? server.Send("TIME").Split('\n')
            : (string[])(await (await SharedServer.ConnectAsync()).GetDatabase().ExecuteAsync("TIME"))!;
        return TimeSpan.FromSeconds(long.Parse(time[0], CultureInfo.InvariantCulture)) + TimeSpan.FromMicroseconds(long.Parse(time[1], CultureInfo.InvariantCulture));
    }

    public override async ValueTask DisposeAsync()
    {
        // The server first: StackExchange.Redis 1.2.6 waits a second for the answer to its goodbye.
        if (_server is not null)
            await _server.DisposeAsync();
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
    }
}
