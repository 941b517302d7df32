namespace HybridStore;

/// <summary>How far a change of keys is.</summary>
/// <param name="Sessions">Sessions seen.</param>
/// <param name="Changed">Data keys wrapped anew, or records encrypted anew.</param>
/// <param name="Overtaken">Those that somebody else changed meanwhile: what they wrote stays, and is under the new key already or is seen by the next job.</param>
/// <param name="Failed">Data keys or records that did not open, and were left as they are.</param>
/// <param name="Last">The last session that is done: <see cref="KeyJobRequest.After"/> of a job that goes on.</param>
public sealed record KeyJobProgress(long Sessions, long Changed, long Overtaken, long Failed, AuthSessionId? Last)
{
    /// <summary>The first sessions that failed, at most 100, and why.</summary>
    public IReadOnlyList<KeyJobFailure> Failures { get; init; } = [];
}
