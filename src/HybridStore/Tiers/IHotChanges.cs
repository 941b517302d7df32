namespace HybridStore.Tiers;

/// <summary>Tells who has a session open without its lease that others changed it.</summary>
public interface IHotChanges
{
    /// <summary>Listens for the changes of one session, until the subscription is disposed of. Messages may be late or lost: they only make fresher what is bounded anyway.</summary>
    /// <param name="session">The session.</param>
    /// <param name="onChange">Called for each change, one at a time; it must not block.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<IAsyncDisposable> SubscribeAsync(AuthSessionId session, Action<HotChange> onChange, CancellationToken cancellationToken);
}
