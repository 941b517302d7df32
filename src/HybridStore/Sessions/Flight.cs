using HybridStore.Coordination;

namespace HybridStore.Sessions;

/// <summary>A read of one record that is under way, and that others who want the same wait for too.</summary>
/// <param name="seen">How far the session had been seen when it began.</param>
/// <param name="begun">When it began.</param>
/// <param name="continuations">How those who wait go on.</param>
internal sealed class Flight(SeenMark seen, DateTimeOffset begun, TaskCreationOptions continuations)
{
    private readonly TaskCompletionSource<AuthRecord> _landing = new(continuations);

    public Task<AuthRecord> Landing => _landing.Task;

    /// <summary>Whether its answer is good for who comes now: no commit was seen since it began, and it is not too old for a reader who holds no lease.</summary>
    public bool MayBeJoined(SeenMark seenNow, DateTimeOffset now, bool holds, TimeSpan maxStaleness) =>
        seenNow == seen && (holds || now - begun < maxStaleness);

    public void Land(AuthRecord record) => _landing.TrySetResult(record);

    public void Fail(Exception exception)
    {
        _landing.TrySetException(exception);

        // Looked at, so that it is no unobserved exception when everybody has given up waiting.
        _ = _landing.Task.Exception;
    }
}
