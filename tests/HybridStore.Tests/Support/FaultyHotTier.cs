using HybridStore.Tiers;

namespace HybridStore.Tests.Support;

/// <summary>The in-memory hot tier, made to be down or to change what it holds, which it never does by itself.</summary>
internal sealed class FaultyHotTier(IHotTier inner) : IHotTier
{
    private int _calls;

    /// <summary>How often it was asked.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether every call fails as a tier does that can't be reached.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether commits fail to arrive, while reads go on.</summary>
    public bool DropsApplies { get; set; }

    /// <summary>Called before each commit that is brought here, and before an epoch is installed.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>Changes what a read answers.</summary>
    public Func<HotRead, HotRead>? OnRead { get; set; }

    public string Name => inner.Name;

    public string RunId => inner.RunId;

    public IHotOutbox? Outbox => inner.Outbox;

    public IHotChanges? Changes => inner.Changes;

    public async ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        var read = await inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        return OnRead?.Invoke(read) ?? read;
    }

    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return inner.FillAsync(fill, cancellationToken);
    }

    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        OnWrite?.Invoke();
        return DropsApplies ? throw new StoreUnavailableException(Name, "The commit did not arrive.") : inner.ApplyAsync(apply, cancellationToken);
    }

    public ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        return inner.EvictAsync(session, cancellationToken);
    }

    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        OnWrite?.Invoke();
        return inner.InstallEpochAsync(lease, vouchesFor, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void ThrowIfDown()
    {
        Interlocked.Increment(ref _calls);
        if (IsDown)
            throw new StoreUnavailableException(Name, "The hot tier is down.");
    }
}
