namespace HybridStore.Sessions;

/// <summary>A session that is open here without its lease, while hot tells of the changes that others make to it.</summary>
/// <remarks>
/// What is read is kept for no longer than it may be believed anyway (<see cref="HybridAuthStoreOptions.MaxStaleness"/>), and dropped as soon as a change is told of:
/// a message that is lost costs freshness within the promise, and nothing else.
/// </remarks>
internal sealed class SharedView(TimeProvider time) : IAsyncDisposable
{
    /// <summary>The time, in ticks of UTC.</summary>
    public long Now => time.GetUtcNow().UtcTicks;

    /// <summary>What is to be ended with it.</summary>
    public IAsyncDisposable? Subscription { get; set; }

    public ValueTask DisposeAsync() => Subscription?.DisposeAsync() ?? ValueTask.CompletedTask;
}
