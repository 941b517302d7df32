using System.Collections.Concurrent;

namespace HybridStore.Conformance;

/// <summary>What stands between a store and a tier: counts calls, keeps the bytes that go down, and lets a test fail or hold up any call.</summary>
public sealed class TierProbe
{
    private readonly ConcurrentDictionary<TierOperation, int> _counts = new();
    private readonly ConcurrentBag<byte[]> _written = [];
    private long _bytes;

    /// <summary>Called before each call reaches the tier: what it throws, the call throws, and the tier was never asked; what it waits for, the call waits for.</summary>
    public Func<TierOperation, Task>? Before { get; set; }

    /// <summary>Called after the tier has done it, before the answer is given: what it throws is a lost reply.</summary>
    public Func<TierOperation, Task>? After { get; set; }

    /// <summary>Whether to keep the bytes that go down; off by default.</summary>
    public bool KeepsWritten { get; set; }

    /// <summary>Everything that was written to the tier while <see cref="KeepsWritten"/> was on: envelopes, wrapped keys, holders' names.</summary>
    public IReadOnlyCollection<byte[]> Written => _written;

    /// <summary>Called with everything that is written to the tier, before it is.</summary>
    public Action<ReadOnlyMemory<byte>>? OnWritten { get; set; }

    /// <summary>How many bytes of envelopes went either way.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many calls there were.</summary>
    public int Calls => _counts.Values.Sum();

    /// <summary>How many calls of one kind there were.</summary>
    /// <param name="operation">The kind.</param>
    public int Count(TierOperation operation) => _counts.GetValueOrDefault(operation);

    /// <summary>Makes every call fail as a tier does that can't be reached.</summary>
    /// <param name="tier">The tier's name.</param>
    public void TakeDown(string tier) => Before = _ => throw new StoreUnavailableException(tier, "It is down.");

    /// <summary>Makes one kind of call fail.</summary>
    /// <param name="operation">The kind.</param>
    /// <param name="afterwards">Whether the tier does it, and the reply is lost; otherwise it is never asked.</param>
    public void Fail(TierOperation operation, bool afterwards)
    {
        Func<TierOperation, Task> fail = o => o == operation ? throw new StoreUnavailableException("tier", "It is down.") : Task.CompletedTask;
        if (afterwards)
            After = fail;
        else
            Before = fail;
    }

    /// <summary>Lets everything through again.</summary>
    public void Restore()
    {
        Before = null;
        After = null;
    }

    internal Task EnterAsync(TierOperation operation)
    {
        _counts.AddOrUpdate(operation, 1, static (_, count) => count + 1);
        return Before?.Invoke(operation) ?? Task.CompletedTask;
    }

    internal Task LeaveAsync(TierOperation operation) => After?.Invoke(operation) ?? Task.CompletedTask;

    internal void Carry(ReadOnlyMemory<byte>? bytes, bool down)
    {
        if (bytes is not { } carried)
            return;
        Interlocked.Add(ref _bytes, carried.Length);
        if (!down)
            return;
        OnWritten?.Invoke(carried);
        if (KeepsWritten)
            _written.Add(carried.ToArray());
    }
}
