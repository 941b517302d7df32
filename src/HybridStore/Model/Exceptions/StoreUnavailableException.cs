namespace HybridStore;

/// <summary>A tier did not answer, so that the question has no answer. It says nothing about whether a record exists.</summary>
public sealed class StoreUnavailableException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="tier">The tier's name, such as <c>sqlite</c>.</param>
    /// <param name="message">What was tried and how it failed.</param>
    /// <param name="innerException">The driver's error.</param>
    public StoreUnavailableException(string tier, string message, Exception? innerException = null)
        : base(message, innerException) => Tier = tier;

    /// <summary>The tier's name.</summary>
    public string Tier { get; }

    /// <summary>Whether the tier was not even asked, because too many calls have failed there or because somebody isolated it. Nothing was changed.</summary>
    public bool IsBreakerOpen { get; init; }

    /// <summary>When it is worth to ask again, from now on; <see langword="null"/>: not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
