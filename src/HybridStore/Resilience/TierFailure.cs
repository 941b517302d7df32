namespace HybridStore.Resilience;

/// <summary>Which ends of a call say that its tier is in trouble.</summary>
internal static class TierFailure
{
    /// <summary>Whether the tier did not answer, in time or at all.</summary>
    /// <remarks>
    /// A tier that can't be used as it is (<see cref="StoreUnusableException"/>: full, read-only, damaged) answers, at once and with what is to be mended: to refuse reads because nothing
    /// can be written would make it worse. Cancelled by the caller says nothing.
    /// </remarks>
    public static bool Counts(Exception? exception) => exception is StoreUnavailableException { IsBreakerOpen: false } or CommitOutcomeUnknownException;

    /// <summary>Whether it is known that nothing was done, and the same call may succeed in a moment.</summary>
    public static bool MayRetry(Exception? exception) => exception is StoreUnavailableException { IsBreakerOpen: false, InnerException: not StoreUnusableException };

    /// <summary>The failure, for people.</summary>
    public static string Describe(Exception exception) => exception is AuthStoreException ? exception.Message : exception.GetType().Name;
}
