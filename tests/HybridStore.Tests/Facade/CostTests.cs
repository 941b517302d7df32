using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;
using FaultyColdTier = HybridStore.Tests.Support.FaultyColdTier;
using FaultyHotTier = HybridStore.Tests.Support.FaultyHotTier;

namespace HybridStore.Tests.Facade;

/// <summary>What an operation costs in this process: how often the tiers are asked, and the bytes that the calling thread allocates. Never a time.</summary>
/// <remarks>
/// The tiers are in memory and answer at once, so that all of an operation happens on the thread that asks. Their own bytes are in the figures. Who changes one of the figures changes it here
/// too, down as well as up: it is what a bot pays for each message.
/// </remarks>
public sealed class CostTests : IAsyncDisposable
{
    private const int Bytes = 256;

    // The runtime compiles a method anew after many calls, in the background: an object that never leaves it may have no bytes from then on. When that is, nobody can tell.
    private const int OnTheStack = 64;
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly AuthKey A = new(AuthKeyTypes.Session, "5511999990000.0");

    private readonly byte[] _value = new byte[Bytes];
    private readonly List<HybridAuthStore> _stores = [];
    private int _edition;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task A_hot_read_asks_hot_once_and_cold_never_and_allocates_this_much()
    {
        var (store, cold, hot) = Open(new InMemoryHotTier(1024 * 1024), LeaseMode.Off);
        await store.CommitAsync(Session, Patch(Durability.Persisted), Cancel);
        await store.GetAsync(Session, A, Cancel);
        var (reads, calls) = (cold.Reads, hot.Calls);

        var bytes = Allocated(() => store.GetAsync(Session, A, CancellationToken.None), out var times);

        Assert.Equal((reads, calls + times), (cold.Reads, hot.Calls));
        Assert.InRange(bytes, 880 - OnTheStack, 880);
    }

    [Fact]
    public async Task A_persisted_commit_asks_each_tier_once_and_allocates_this_much()
    {
        var (store, cold, hot) = Open(new InMemoryHotTier(1024 * 1024), LeaseMode.Required);
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Patch(Durability.Persisted), Cancel);
        var (reads, commits, calls) = (cold.Reads, cold.Commits, hot.Calls);

        var bytes = Allocated(() => session.CommitAsync(Patch(Durability.Persisted), CancellationToken.None), out var times);

        Assert.Equal((reads, commits + times, calls + times), (cold.Reads, cold.Commits, hot.Calls));
        Assert.InRange(bytes, 3888 - OnTheStack, 3888);
    }

    [Fact]
    public async Task A_queued_commit_asks_hot_once_and_nobody_waits_for_cold_and_allocates_this_much()
    {
        var server = new ModelHotServer(TimeProvider.System);
        var (store, cold, _) = Open(server.Connect(), LeaseMode.Required);
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Patch(Durability.Persisted), Cancel);
        await session.CommitAsync(Patch(Durability.Queued), Cancel);
        var reads = cold.Reads;

        var bytes = Allocated(() => session.CommitAsync(Patch(Durability.Queued), CancellationToken.None), out _);

        Assert.Equal(reads, cold.Reads);

        // How much of it depends on where the drainer is just then, which works on another thread: a bound, and no exact number.
        Assert.InRange(bytes, 5_000, 7_000);
    }

    private (HybridAuthStore Store, FaultyColdTier Cold, FaultyHotTier Hot) Open(IHotTier inner, LeaseMode mode)
    {
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.FromMinutes(1) };
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = mode;
        var (cold, hot) = (new FaultyColdTier(new InMemoryColdTier()), new FaultyHotTier(inner));
        var store = new HybridAuthStore(cold, hot, options);
        _stores.Add(store);
        return (store, cold, hot);
    }

    // Another value each time: the same would not be written.
    private AuthPatch Patch(Durability durability)
    {
        BitConverter.TryWriteBytes(_value, ++_edition);
        return new AuthPatch().Set(A, _value).Require(durability);
    }

    // The least of many calls: what is compiled anew meanwhile, drawn ahead or grown for many is not one call's.
    private static long Allocated<T>(Func<ValueTask<T>> call, out int times)
    {
        var least = long.MaxValue;
        times = 500;
        for (var i = 0; i < times; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var calling = call();

            // An await would move the rest to another thread, and with it what it allocates.
            if (!calling.IsCompletedSuccessfully)
                throw new InvalidOperationException("It waits for something.");
            _ = calling.GetAwaiter().GetResult();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
