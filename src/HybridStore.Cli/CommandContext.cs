using System.CommandLine;
using HybridStore.Audit;
using HybridStore.Cli.Output;
using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.Redis;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HybridStore.Cli;

/// <summary>What a command has while it runs: its arguments, where to write, and the store, registered as any application does it.</summary>
internal sealed class CommandContext(ParseResult arguments, OutputWriter output, TextWriter error, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan HotPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HotInterval = TimeSpan.FromMilliseconds(20);

    private ColdDatabase? _database;
    private ServiceProvider? _services;

    public ParseResult Arguments => arguments;

    public OutputWriter Output => output;

    public TimeProvider Time => time;

    /// <summary>Opens the store; once for a command.</summary>
    /// <param name="cold">What the command line chose, over the environment and the default.</param>
    /// <param name="hot">The same for the hot tier.</param>
    /// <param name="takes">Whether the command makes sense with that.</param>
    /// <param name="use">What for.</param>
    /// <param name="cancellationToken">Ends the wait for the hot tier.</param>
    public async Task<HybridAuthStore> OpenStoreAsync(string? cold, string? hot, Func<string?, bool> takes, StoreUse use, CancellationToken cancellationToken)
    {
        CheckMasterKey();
        _database = new ColdDatabase(use);
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddSingleton<ILogger<HybridAuthStore>>(Rollbacks);
        services.AddSingleton<ILogger<RedisColdTier>>(new ColdWarnings(error));
        services.AddHybridAuthStore(options =>
        {
            var chosen = hot is null ? TierChoice.Hot(options) : new TierChoice(hot, "--hot");
            options.Hot = hot = HotChoice.Checked(chosen);
            if (!takes(hot))
                throw new UsageException($"Commits are queued in the hot tier: name it with --hot redis:CONNECTION or {EnvironmentNames.Hot}.");
            options.Cold = _database.Choose(cold is null ? TierChoice.Cold(options) : new TierChoice(cold, "--cold"));

            // Nobody who only wants to look at one session has asked for others to be taken over.
            options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        });
        _services = services.BuildServiceProvider();
        HybridAuthStore store;
        try
        {
            store = _services.GetRequiredService<HybridAuthStore>();
        }
        catch (ArgumentException e)
        {
            // The tier takes no such name, such as ":memory:".
            throw new UsageException(e.Message);
        }

        if (HotChoice.Queues(hot))
            await AwaitHotAsync(store, cancellationToken);
        return store;
    }

    /// <summary>Opens a store below its encryption. It is the caller's.</summary>
    /// <param name="cold">Which.</param>
    /// <param name="source">Where it was chosen.</param>
    /// <param name="use">What for.</param>
    public IColdTier OpenTier(string cold, string source, StoreUse use)
    {
        _ = ColdTierUri.TryParse(new ColdDatabase(use).Choose(new TierChoice(cold, source)), out var uri);
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddSingleton<ILogger<RedisColdTier>>(new ColdWarnings(error));
        try
        {
            return uri!.CreateTier(services.BuildServiceProvider());
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>Opens the audit trail that the environment names, for what is done without a store. It is the caller's.</summary>
    public AuditRecorder OpenAudit()
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions(Options.DefaultName).Configure(options);
        return options.Audit.Faults().FirstOrDefault() is { } fault ? throw new UsageException(fault) : new AuditRecorder(options.Audit, time, NullLogger.Instance);
    }

    /// <summary>Tells on standard error what goes on.</summary>
    public void Say(string text) => error.WriteLine(Printable.Line($"hybridstore: {text}"));

    /// <summary>The sessions that the command found, or made, rolled back.</summary>
    public RollbackWatch Rollbacks { get; } = new();

    /// <summary>The time since a timestamp of <see cref="Time"/>, in seconds, to the millisecond.</summary>
    public double SecondsSince(long timestamp) => Math.Round(time.GetElapsedTime(timestamp).TotalSeconds, 3);

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        _database?.Dispose();
    }

    // A hot tier connects by itself in the background, which a bot does not wait for. A command that runs once does; without an answer it goes on,
    // and says so if it needs one.
    private async Task AwaitHotAsync(HybridAuthStore store, CancellationToken cancellationToken)
    {
        await store.InitializeAsync(cancellationToken);
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                await store.Outbox.ShowAsync(new AuthSessionId("hybridstore", "hot"), cancellationToken);
                return;
            }
            catch (StoreUnavailableException e) when (e.InnerException is StoreUnusableException || time.GetElapsedTime(begun) > HotPatience)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(HotInterval, time, cancellationToken);
            }
            catch (StoreUnusableException)
            {
                return;
            }
        }
    }

    // The store would refuse it too, but does not know where this one comes from.
    private static void CheckMasterKey()
    {
        // A file is read where the store is made, and named there.
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EnvironmentNames.MasterKeyFile)))
            return;
        try
        {
            MasterKey.Parse(Environment.GetEnvironmentVariable(EnvironmentNames.MasterKey)).Dispose();
        }
        catch (MasterKeyException e)
        {
            throw new MasterKeyException(e.Fault, $"{EnvironmentNames.MasterKey}: {e.Message}");
        }
    }
}
