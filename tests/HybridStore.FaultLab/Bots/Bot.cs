using System.Globalization;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Bots;

/// <summary>A process that opens sessions, competes for them with others, commits and reads, and writes down what it is told, until it is stopped or killed.</summary>
internal sealed class Bot(Setup setup, int writer, int seed, TimeSpan skew, HistoryLog log, Func<TimeProvider, HybridAuthStore>? open = null) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    private readonly SkewedTime _time = new(skew);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<int> _open = [];
    private readonly Lock _lock = new();
    private int _number;
    private int _refused;

    public Setup Setup => setup;

    public HistoryLog Log => log;

    public CancellationToken Stopped => _stop.Token;

    public HybridAuthStore Store { get; private set; } = null!;

    public int Writer => writer;

    /// <summary>How many commits it has asked for, and how often it was refused to go on.</summary>
    public int Tried => Volatile.Read(ref _number) + Volatile.Read(ref _refused);

    public int NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>Runs until standard input says <c>stop</c> or ends.</summary>
    public async Task RunAsync(TextReader commands)
    {
        Store = open is null ? StoreFactory.Open(setup, _time, log) : open(_time);
        var listening = Task.Run(() => ListenAsync(commands));

        // A little more than its share, so that there is something to compete for.
        var share = setup.Lease == LeaseMode.Off ? setup.Sessions : ((setup.Sessions + setup.Bots - 1) / setup.Bots) + 1;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, share).Select(i => Task.Run(() => HoldAsync(new Random((seed * 31) + i)))).Append(Task.Run(() => WatchAsync(new Random(~seed)))));
            await listening;
        }
        finally
        {
            await Store.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What a refusal means for the history.</summary>
    public void Note(int session, Exception e)
    {
        Interlocked.Increment(ref _refused);
        if (e is ColdWentBackException)
            log.Write(HistoryEvent.WentBack, $"{session}");
    }

    public Task RestAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, _stop.Token);

    private async Task ListenAsync(TextReader commands)
    {
        while (await commands.ReadLineAsync() is { } line and not "stop")
        {
            if (line.StartsWith("clock ", StringComparison.Ordinal))
                _time.SetOffset(TimeSpan.FromSeconds(int.Parse(line[6..], CultureInfo.InvariantCulture)));
        }

        await _stop.CancelAsync();
    }

    /// <summary>Opens one session after the other, works with it for a while, and hands it over.</summary>
    private async Task HoldAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (Choose(random) is not { } index)
            {
                await RestQuietlyAsync(Rest);
                continue;
            }

            try
            {
                await new BotSession(this, index, random).RunAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Stopped.
            }
            catch (AuthStoreException e)
            {
                Note(index, e);
                await RestQuietlyAsync(e is SessionHeldException ? Rest / 3 : Rest);
            }
            finally
            {
                lock (_lock)
                    _open.Remove(index);
            }
        }
    }

    /// <summary>Reads sessions that others hold.</summary>
    private async Task WatchAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var index = random.Next(setup.Sessions);
            lock (_lock)
            {
                if (_open.Contains(index))
                    index = -1;
            }

            try
            {
                if (index >= 0)
                    await ReadAsync(index, 'O', keys => Store.GetManyAsync(setup.SessionAt(index), keys, _stop.Token), random);
                await RestQuietlyAsync(TimeSpan.FromMilliseconds(setup.Pace * 8));
            }
            catch (AuthStoreException e)
            {
                Note(index, e);
                await RestQuietlyAsync(Rest);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Stopped.
            }
        }
    }

    /// <summary>Reads some registers at one version, and writes down what they were.</summary>
    public async Task ReadAsync(int session, char who, Func<IReadOnlyList<AuthKey>, ValueTask<AuthRecordSet>> read, Random random, bool all = false)
    {
        int[] registers = all ? [.. Enumerable.Range(0, Register.All.Count)] : [random.Next(Register.Head), random.Next(Register.Head), Register.Head];
        registers = [.. registers.Distinct()];
        var keys = registers.SelectMany(static r => Register.All[r].Keys).ToArray();
        var asked = HistoryLog.Now;
        var found = await read(keys);
        var words = new List<string>();
        var at = 0;
        foreach (var register in registers)
        {
            var count = Register.All[register].Keys.Count;
            words.Add(HistoryEvent.Format(register, Register.All[register].Read(session, [.. found.Skip(at).Take(count)])));
            at += count;
        }

        log.Write(HistoryEvent.Read, $"{session} {asked} {who} {found.Incarnation} {found.SessionVersion} {string.Join(' ', words)}");
    }

    private int? Choose(Random random)
    {
        lock (_lock)
        {
            var index = random.Next(setup.Sessions);
            for (var i = 0; i < setup.Sessions; i++)
            {
                var candidate = (index + i) % setup.Sessions;
                if (_open.Add(candidate))
                    return candidate;
            }

            return null;
        }
    }

    private Task RestQuietlyAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
}
