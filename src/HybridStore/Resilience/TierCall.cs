namespace HybridStore.Resilience;

/// <summary>What the pipeline has to know of a call.</summary>
/// <param name="Operation">What it is, for people.</param>
/// <param name="Tenant">Whose data it is about; <see langword="null"/>: nobody's alone.</param>
/// <param name="MayRetry">Whether it is sent again where it was not done.</param>
/// <param name="IsTimed">Whether it ends after the tier's time limit.</param>
internal readonly record struct TierCall(string Operation, string? Tenant, bool MayRetry = true, bool IsTimed = true)
{
    /// <summary>The session that a commit is for.</summary>
    public AuthSessionId Session { get; init; }

    /// <summary>The commit that may have been kept when its answer does not come in time; <see langword="null"/>: it is none, or can be repeated.</summary>
    public CommitId? CommitId { get; init; }
}
