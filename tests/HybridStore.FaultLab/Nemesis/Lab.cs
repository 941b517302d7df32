using System.Globalization;
using System.Text.Json;
using HybridStore.Codec;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Proxy;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>The servers, proxies and bots of a run.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private readonly List<FaultProxy> _proxies = [];
    private readonly LabOptions _options;
    private readonly Dictionary<Lane, SemaphoreSlim> _turns = Enum.GetValues<Lane>().ToDictionary(static l => l, static _ => new SemaphoreSlim(1, 1));
    private int _writer;

    private Lab(LabOptions options, string folder)
    {
        _options = options;
        Folder = folder;
        History = new HistoryLog(Path.Combine(folder, "lab.log"));
    }

    /// <summary>Where the histories are.</summary>
    public string Folder { get; }

    /// <summary>What the laboratory itself does.</summary>
    public HistoryLog History { get; }

    /// <summary>The Redis that keeps everything.</summary>
    public LabRedis Redis { get; } = new("redis", "always");

    /// <summary>The Redis that may lose its newest writes: present master first, then its replica.</summary>
    public LabRedis[] Pair { get; } = [new("redis-a", "everysec"), new("redis-b", "everysec")];

    public LabPostgreSql PostgreSql { get; } = new();

    /// <summary>None: no setup that runs needs it.</summary>
    public LabMongoDb? MongoDb { get; private set; }

    /// <summary>Setups that could have been part of the run, and why they are not.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    public List<Setup> Setups { get; } = [];

    public List<BotProcess> Bots { get; } = [];

    /// <summary>Of each setup: the way to its Redis, and to its database.</summary>
    public Dictionary<string, (FaultProxy? Redis, FaultProxy? Cold)> Ways { get; } = [];

    /// <summary>Waits until nothing fails in some lanes, and keeps it so until what is returned is disposed of. A lane's own fault does so too.</summary>
    public async Task<IDisposable> QuietAsync(params IReadOnlyList<Lane> lanes)
    {
        foreach (var lane in lanes)
            await _turns[lane].WaitAsync();
        return new Quiet(() =>
        {
            foreach (var lane in lanes)
                _turns[lane].Release();
        });
    }

    public int NextWriter() => Interlocked.Increment(ref _writer);

    public static async Task<Lab> StartAsync(LabOptions options)
    {
        var lab = new Lab(options, LabFolder.Create("histories"));
        try
        {
            var lack = LabMongoDb.Lack;
            if (AllSetups.Choose(options.Setups, lack).Any(static s => s.MongoDb is not null))
                lack = await lab.StartMongoDbAsync();
            var setups = AllSetups.Choose(options.Setups, lack);
            lab.LeftOut = AllSetups.LeftOut(options.Setups, lack);
            await Task.WhenAll(lab.Redis.StartAsync(), lab.Pair[0].StartAsync(), lab.Pair[1].StartAsync(), lab.PostgreSql.InitializeAsync());
            await lab.Pair[1].FollowAsync(lab.Pair[0]);
            foreach (var setup in setups)
                lab.Add(setup);
            await Task.WhenAll(lab.Setups.Select(s => lab.RunAsync("prepare", s)));
            lab.StartBots();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public string FileOf(Setup setup) => Path.Combine(Folder, $"{setup.Name}.json");

    /// <summary>Says in the history that something happens to setups.</summary>
    public void Note(char kind, string what, IEnumerable<Setup> setups)
    {
        foreach (var setup in setups)
            History.Write(kind, $"{setup.Name} {what}");
    }

    /// <summary>Runs this program as something else, to its end.</summary>
    public async Task RunAsync(string verb, Setup setup, params string[] arguments)
    {
        var writer = NextWriter();
        var path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{setup.Name}.{writer}.log"));
        using var process = BotProcess.Run([verb, FileOf(setup), writer.ToString(CultureInfo.InvariantCulture), path, .. arguments]);
        var error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{verb} of {setup.Name} ended with {process.ExitCode}: {await error}");
        lock (Others)
            Others.Add((setup.Name, writer, path));
    }

    /// <summary>Histories of processes that are not bots.</summary>
    public List<(string Setup, int Writer, string Path)> Others { get; } = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var bot in Bots)
            await bot.DisposeAsync();
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        await Redis.DisposeAsync();
        await Pair[0].DisposeAsync();
        await Pair[1].DisposeAsync();
        await PostgreSql.DisposeAsync();
        if (MongoDb is not null)
            await MongoDb.DisposeAsync();
        History.Dispose();
        foreach (var turn in _turns.Values)
            turn.Dispose();
    }

    /// <returns>Why there is none, as a part of a sentence; null if there is.</returns>
    private async Task<string?> StartMongoDbAsync()
    {
        var server = new LabMongoDb();
        try
        {
            await server.StartAsync();
            MongoDb = server;
            return null;
        }
        catch (ServerTroubleException e)
        {
            return $"it did not start: {e.Message}";
        }
    }

    private void Add(Setup setup)
    {
        setup.MasterKey = MasterKey.Generate().ToBase64();
        setup.DefaultOptions = _options.DefaultOptions;
        if (_options.Bots > 0)
            setup.Bots = _options.Bots;
        if (_options.Pace > 0)
            setup.Pace = _options.Pace;
        var redis = setup.Redis switch { "always" => Redis, "everysec" => Pair[0], _ => null };
        var (hot, cold) = (redis is null ? null : Proxy(redis.Port), setup.PostgreSql is not null ? Proxy(PostgreSql.Port) : setup.MongoDb is not null ? Proxy(MongoDb!.Port) : null);
        Ways[setup.Name] = (hot, cold);
        setup.Redis = hot is null ? null : string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{hot.Port}");
        setup.PostgreSql = setup.PostgreSql is null ? null : LabPostgreSql.ConnectionStringTo(cold!.Port);
        setup.MongoDb = setup.MongoDb is null ? null : MongoDb!.ConnectionStringTo(cold!.Port);
        setup.Sqlite = setup.Sqlite is null ? null : Path.Combine(Folder, $"{setup.Name}.db");
        File.WriteAllText(FileOf(setup), JsonSerializer.Serialize(setup));
        Setups.Add(setup);
    }

    private void StartBots()
    {
        var random = new Random(_options.Seed);
        foreach (var setup in Setups)
        {
            for (var i = 0; i < setup.Bots; i++)
                Bots.Add(new BotProcess(setup, FileOf(setup), Folder, NextWriter, new Random(random.Next()), setup.SkewsClocks));
        }

        foreach (var bot in Bots)
            bot.Start();
    }

    private FaultProxy Proxy(int port)
    {
        var proxy = new FaultProxy(port);
        _proxies.Add(proxy);
        return proxy;
    }

    private sealed class Quiet(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
