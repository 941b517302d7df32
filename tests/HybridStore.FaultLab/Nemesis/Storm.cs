using System.Collections.Concurrent;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>Lets one fault after the other strike in each lane, as the seed chooses, until the time is over.</summary>
internal sealed class Storm(Lab lab, LabOptions options)
{
    // More often than that, it is not the machine that had no time.
    private const int MostMended = 20;

    private readonly ConcurrentDictionary<string, int> _done = new();
    private int _mended;

    /// <summary>How often each class has struck.</summary>
    public IReadOnlyDictionary<string, int> Done => _done;

    /// <summary>How often a fault was not brought to its end, and all servers were started again instead.</summary>
    public int Mended => _mended;

    /// <summary>What the first of those was.</summary>
    public string? MendedFirst { get; private set; }

    /// <summary>Why a fault could not be brought about or healed; such a run says nothing.</summary>
    public Exception? Broken { get; private set; }

    public async Task RunAsync(IReadOnlyList<Fault> faults, CancellationToken until)
    {
        var lanes = faults.Where(f => options.Faults.Count == 0 || options.Faults.Contains(f.Name)).GroupBy(static f => f.Lane);
        await Task.WhenAll(lanes.Select(lane => Task.Run(() => RunLaneAsync([.. lane], new Random((options.Seed * 31) + (int)lane.Key), until), CancellationToken.None)));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, until).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task RunLaneAsync(Fault[] faults, Random random, CancellationToken until)
    {
        var sum = faults.Sum(static f => f.Weight);

        // To begin another life costs a process a second or two of all it could have done.
        var longest = options.DefaultOptions ? 20_000 : faults[0].Lane == Lane.Bots ? 8000 : 5000;
        try
        {
            while (!until.IsCancellationRequested)
            {
                await Wait.SomeAsync(random, 300, longest);
                if (until.IsCancellationRequested)
                    return;
                var choice = random.Next(sum);
                var fault = faults.First(f => (choice -= f.Weight) < 0);
                using var turn = await lab.QuietAsync(fault.Lane);
                lab.History.Write(HistoryEvent.Fault, $"- {fault.Name}");
                try
                {
                    await fault.Strike(new Random(random.Next()));
                    _done.AddOrUpdate(fault.Name, 1, static (_, n) => n + 1);
                }
                catch (ServerTroubleException e) when (fault.IsPlain && _mended < MostMended)
                {
                    MendedFirst ??= $"{fault.Name}: {e.Message}";
                    _mended++;
                    await ServerFaults.MendAsync(lab);
                }
            }
        }
        catch (Exception e) when (e is ServerTroubleException or InvalidOperationException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Broken = e;
        }
    }
}
