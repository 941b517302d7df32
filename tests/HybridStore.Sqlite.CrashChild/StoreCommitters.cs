using System.Globalization;
using HybridStore.Codec;
using HybridStore.InMemory;

namespace HybridStore.Sqlite.CrashChild;

/// <summary>Several committers over one real store, that say each commit on the output once it is acknowledged, until the process is killed.</summary>
public static class StoreCommitters
{
    public const string Opening = "opening";
    public const string Ready = "ready";

    /// <summary>Opens the store as an application does.</summary>
    public static HybridAuthStore Open(string path, string masterKey)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = path, BusyTimeout = TimeSpan.FromMinutes(1) }, TimeProvider.System);
        return new HybridAuthStore(cold, new InMemoryHotTier(16 * 1024 * 1024), options);
    }

    /// <summary>Commits for ever, each committer from where the store says that it was.</summary>
    /// <param name="path">The database.</param>
    /// <param name="masterKey">The master key.</param>
    /// <param name="say">Takes <see cref="Opening"/>, <see cref="Ready"/>, and then <c>committer number version</c> or <c>churn step</c> for what was acknowledged.</param>
    /// <param name="cancellationToken">Ends it between two commits.</param>
    public static async Task RunAsync(string path, string masterKey, Action<string> say, CancellationToken cancellationToken)
    {
        say(Opening);
        await using var store = Open(path, masterKey);
        await store.InitializeAsync(cancellationToken);
        say(Ready);
        await Task.WhenAll([
            .. Enumerable.Range(0, CrashWorkload.Committers).Select(c => Task.Run(() => CommitAsync(store, c, say, cancellationToken), CancellationToken.None)),
            Task.Run(() => ChurnAsync(store, say, cancellationToken), CancellationToken.None),
        ]);
    }

    private static async Task CommitAsync(HybridAuthStore store, int committer, Action<string> say, CancellationToken cancellationToken)
    {
        var session = CrashWorkload.SessionOf(committer);
        var head = await store.GetAsync(session, CrashWorkload.Head(committer), CancellationToken.None);
        var (number, version) = (CrashWorkload.NumberIn(head), head.Version);
        while (!cancellationToken.IsCancellationRequested)
        {
            var receipt = await store.CommitAsync(session, CrashWorkload.Patch(committer, ++number, version), CancellationToken.None);
            version = receipt.Version;
            say(string.Create(CultureInfo.InvariantCulture, $"{committer} {number} {version}"));
        }
    }

    private static async Task ChurnAsync(HybridAuthStore store, Action<string> say, CancellationToken cancellationToken)
    {
        var at = await store.GetManyAsync(CrashWorkload.Churn, [], CancellationToken.None);
        var step = CrashWorkload.ChurnStepAt(at.Incarnation, at.SessionVersion);
        while (!cancellationToken.IsCancellationRequested)
        {
            await CrashWorkload.ChurnAsync(store, ++step, CancellationToken.None);
            say(string.Create(CultureInfo.InvariantCulture, $"churn {step}"));
        }
    }
}
