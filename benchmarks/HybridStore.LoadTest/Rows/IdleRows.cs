using System.Globalization;
using HybridStore.Benchmarks.Rows;
using HybridStore.Codec;
using HybridStore.LoadTest.Report;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;
using HybridStore.Tiers;

namespace HybridStore.LoadTest.Rows;

/// <summary>What an open session costs while its bot is idle: 10,000 of them, each with credentials and three records that it holds in this process. What is counted is the managed heap, without those values.</summary>
internal static class IdleRows
{
    private const int Line = 11;
    private const int Sessions = 10_000;
    private const int AtOnce = 64;
    private static readonly StateRecord[] Records =
    [
        new(AuthKey.Creds, ValueSizes.Creds(0), 1), new(new AuthKey(AuthKeyTypes.Session, "5511999990000.0"), 1100, 1),
        new(new AuthKey(AuthKeyTypes.Session, "5511999990000.1"), 890, 1), new(new AuthKey(AuthKeyTypes.IdentityKey, "5511999990000.0"), ValueSizes.Identity, 1),
    ];

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(LoadServers servers, bool full)
    {
        const string What = "managed memory of each beyond its values";
        var (each, detail) = await MeasureAsync(TargetCatalog.PostgreSql(servers), await TargetCatalog.RedisHotAsync(servers));
        var row = BenchRow.AtMost(Line, $"10,000 open idle sessions, Redis and PostgreSQL: {What}", each, "B", 4096, detail);
        if (!full)
            return [row];

        // What of it is not Redis' part.
        (each, detail) = await MeasureAsync(TargetCatalog.PostgreSql(servers), hot: null);
        return [row, BenchRow.Told(Line, $"the same with PostgreSQL only: {What}", each, "B", detail)];
    }

    private static async Task<(double Each, string Detail)> MeasureAsync(IColdTier cold, IHotTier? hot)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        await using var store = new HybridAuthStore(cold, hot, options);

        // Connections, statements and code are there before it is counted.
        var sessions = new AuthSession[Sessions];
        await using (var first = await OpenAsync(store, "first"))
            await first.GetCredentialsAsync();
        var before = Settle();
        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => sessions[i] = await OpenAsync(store, i.ToString(CultureInfo.InvariantCulture)));
        var each = (Settle() - before) / (double)Sessions;
        var values = 0;
        foreach (var record in Records)
        {
            var get = sessions[^1].GetAsync(record.Key);
            if (!get.IsCompletedSuccessfully)
                throw new InvalidOperationException("The session does not hold what it committed, so that nothing could be taken off for it.");
            values += get.GetAwaiter().GetResult().Value.Length;
        }

        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, static async (s, _) => await s.DisposeAsync());
        return (each - values, $"{Units.Bytes(each)} each with {Records.Length.ToString(CultureInfo.InvariantCulture)} records of {Units.Bytes(values)} together");
    }

    /// <summary>The managed heap, once nothing more goes: what has a finalizer, or is held by a pool until it was looked at twice, takes several collections.</summary>
    private static long Settle()
    {
        var last = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var now = GC.GetTotalMemory(forceFullCollection: true);
            GC.WaitForPendingFinalizers();
            if (Math.Abs(now - last) < 16 * 1024)
                return now;
            last = now;
        }

        return last;
    }

    private static async Task<AuthSession> OpenAsync(HybridAuthStore store, string name)
    {
        var session = await store.OpenAsync(new AuthSessionId("load", name));
        var patch = new AuthPatch();
        foreach (var record in Records)
            patch.Set(record.Key, RecordContent.Make(record));
        await session.CommitAsync(patch);
        return session;
    }
}
