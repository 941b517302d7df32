namespace HybridStore.Sessions;

/// <summary>Something that happens at most once, and that few listen for: a process may hold very many sessions, and a source is made only for who asks. Not to be copied.</summary>
internal struct LazySignal
{
    private static readonly CancellationTokenSource Given = MakeGiven();
    private CancellationTokenSource? _source;

    /// <summary>Cancelled when it happens, or has happened.</summary>
    public CancellationToken Token => (Volatile.Read(ref _source) ?? Interlocked.CompareExchange(ref _source, new CancellationTokenSource(), null) ?? _source).Token;

    /// <summary>It happens.</summary>
    /// <returns>The end of what listeners do about it, on other threads.</returns>
    public Task GiveAsync() => Interlocked.CompareExchange(ref _source, Given, null)?.CancelAsync() ?? Task.CompletedTask;

    private static CancellationTokenSource MakeGiven()
    {
        var source = new CancellationTokenSource();
#pragma warning disable CA1849 // Nobody listens yet.
        source.Cancel();
#pragma warning restore CA1849
        return source;
    }
}
