namespace HybridStore;

/// <summary>The tenant has taken as much as it may. Nothing was changed.</summary>
public sealed class TenantLimitException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session of the commit.</param>
    /// <param name="limit">Which limit.</param>
    /// <param name="retryAfter">When the same commit may be taken; <see langword="null"/>: when something was deleted, or another commit has ended.</param>
    public TenantLimitException(AuthSessionId session, TenantLimit limit, TimeSpan? retryAfter)
        : base($"Tenant {session.Tenant} has reached its limit of {limit}. Nothing was changed.")
    {
        Session = session;
        Limit = limit;
        RetryAfter = retryAfter;
    }

    /// <summary>Which limit.</summary>
    public TenantLimit Limit { get; }

    /// <summary>When the same commit may be taken; <see langword="null"/>: not known.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The tenant.</summary>
    public string Tenant => Session!.Value.Tenant;

    /// <summary>Rates and concurrency pass by themselves; what is stored does not.</summary>
    public override bool IsTransient => Limit is not (TenantLimit.Records or TenantLimit.Bytes);
}
