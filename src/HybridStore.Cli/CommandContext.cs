using System.CommandLine;
using HybridStore.Cli.Output;
using HybridStore.Codec;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Cli;

/// <summary>What a command has while it runs: its arguments, where to write, and the store, registered as any application does it.</summary>
internal sealed class CommandContext(ParseResult arguments, OutputWriter output, TimeProvider time) : IAsyncDisposable
{
    private ColdDatabase? _database;
    private ServiceProvider? _services;

    public ParseResult Arguments => arguments;

    public OutputWriter Output => output;

    public TimeProvider Time => time;

    /// <summary>Opens the store; once for a command.</summary>
    /// <param name="cold">What the command line chose, over the environment and the default.</param>
    /// <param name="use">What for.</param>
    public IAuthStateStore OpenStore(string? cold, StoreUse use)
    {
        CheckMasterKey();
        _database = new ColdDatabase(use);
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddHybridAuthStore(options => options.Cold = _database.Choose(cold ?? options.Cold));
        _services = services.BuildServiceProvider();
        try
        {
            return _services.GetRequiredService<IAuthStateStore>();
        }
        catch (ArgumentException e)
        {
            // The tier takes no such name, such as ":memory:".
            throw new UsageException(e.Message);
        }
    }

    /// <summary>The time since a timestamp of <see cref="Time"/>, in seconds, to the millisecond.</summary>
    public double SecondsSince(long timestamp) => Math.Round(time.GetElapsedTime(timestamp).TotalSeconds, 3);

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        _database?.Dispose();
    }

    // The store would refuse it too, but does not know where this one comes from.
    private static void CheckMasterKey()
    {
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
