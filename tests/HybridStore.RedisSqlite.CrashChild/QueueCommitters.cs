using System.Globalization;
using HybridStore.Codec;
using HybridStore.Redis;
using HybridStore.Sqlite;

namespace HybridStore.RedisSqlite.CrashChild;

/// <summary>Several committers over open sessions, that say each commit once it is acknowledged, until the process is killed.</summary>
public static class QueueCommitters
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens the store as an application does. Cold gives up soon, so that something is queued while somebody else locks it.</summary>
    public static HybridAuthStore Open(string path, string redis, string masterKey)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.AcquireTimeout = TimeSpan.FromMinutes(2);
        options.Outbox.DrainTimeout = TimeSpan.FromMinutes(1);
        var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = path, BusyTimeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        return new HybridAuthStore(cold, new RedisHotTier(redis), options);
    }

    /// <summary>Opens a session, however long one of the tiers does not answer.</summary>
    public static Task<AuthSession> OpenSessionAsync(HybridAuthStore store, AuthSessionId session) =>
        UntilItAnswersAsync(() => store.OpenAsync(session));

    /// <summary>Repeats what can be repeated, until it is done.</summary>
    public static async Task<T> UntilItAnswersAsync<T>(Func<ValueTask<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (AuthStoreException e) when (e.IsTransient)
            {
                await Task.Delay(Patience, TimeProvider.System);
            }
        }
    }

    /// <summary>Commits for ever, each committer from where the store says that it was.</summary>
    /// <param name="path">The database.</param>
    /// <param name="redis">The server.</param>
    /// <param name="masterKey">The master key.</param>
    /// <param name="say">Takes <c>committer number version outcome when</c> for what was acknowledged, and <c>rolledback session</c>.</param>
    public static async Task RunAsync(string path, string redis, string masterKey, Action<string> say)
    {
        await using var store = Open(path, redis, masterKey);
        var sessions = new Dictionary<AuthSessionId, AuthSession>();
        foreach (var id in QueueWorkload.AllSessions)
        {
            var session = await OpenSessionAsync(store, id);
            sessions.Add(id, session);
            if (session.IsRolledBack)
            {
                say($"rolledback {id.Session}");
                await UntilItAnswersAsync(async () =>
                {
                    await session.AcknowledgeRollbackAsync();
                    return true;
                });
            }
        }

        await Task.WhenAll(Enumerable.Range(0, QueueWorkload.Committers).Select(c => Task.Run(() => CommitAsync(sessions[QueueWorkload.SessionOf(c)], c, say))));
    }

    private static async Task CommitAsync(AuthSession session, int committer, Action<string> say)
    {
        var head = await UntilItAnswersAsync(() => session.GetAsync(QueueWorkload.Head(committer)));
        for (var number = QueueWorkload.NumberIn(head) + 1; ; number++)
        {
            var patch = QueueWorkload.Patch(committer, number);
            var begun = TimeProvider.System.GetUtcNow().UtcTicks;
            var receipt = await UntilItAnswersAsync(() => session.CommitAsync(patch));
            say(string.Create(CultureInfo.InvariantCulture, $"{committer} {number} {receipt.Version} {receipt.Outcome} {begun}"));
        }
    }
}
