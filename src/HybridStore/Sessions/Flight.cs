using HybridStore.Coordination;

namespace HybridStore.Sessions;

/// <summary>A read of one record that is under way, and that others who want the same wait for too.</summary>
/// <param name="seen">How far the session had been seen when it began.</param>
/// <param name="begun">When it began.</param>
/// <param name="continuations">How those who wait go on.</param>
internal sealed class Flight(SeenMark seen, DateTimeOffset begun, TaskCreationOptions continuations)
{
    private readonly Lock _sync = new();
    private List<TaskCompletionSource<AuthRecord>>? _waiting;
    private bool _landed;

    /// <summary>Waits for the answer, if it is good for who comes now.</summary>
    /// <param name="seenNow">How far the session has been seen: a commit that was seen since it began may not be in its answer.</param>
    /// <param name="now">The time.</param>
    /// <param name="holds">Whether the lease is held; a reader without one wants no answer that is too old.</param>
    /// <param name="maxStaleness">How old that is.</param>
    /// <returns>The answer to come; <see langword="null"/>: read anew.</returns>
    public Task<AuthRecord>? TryJoin(SeenMark seenNow, DateTimeOffset now, bool holds, TimeSpan maxStaleness) =>
        seenNow == seen && (holds || now - begun < maxStaleness) ? Join() : null;

    /// <summary>Waits for the answer; <see langword="null"/> if it has come already.</summary>
    public Task<AuthRecord>? Join()
    {
        var wait = new TaskCompletionSource<AuthRecord>(continuations);
        lock (_sync)
        {
            if (_landed)
                return null;
            (_waiting ??= []).Add(wait);
        }

        return wait.Task;
    }

    public void Land(AuthRecord record)
    {
        foreach (var wait in End())
            wait.TrySetResult(record);
    }

    public void Fail(Exception exception)
    {
        foreach (var wait in End())
        {
            wait.TrySetException(exception);

            // Looked at, so that it is no unobserved exception when who waited has given up.
            _ = wait.Task.Exception;
        }
    }

    private List<TaskCompletionSource<AuthRecord>> End()
    {
        lock (_sync)
        {
            _landed = true;
            return _waiting ?? [];
        }
    }
}
