namespace HybridStore;

/// <summary>Which limit of a tenant was reached.</summary>
public enum TenantLimit
{
    /// <summary><see cref="TenantLimits.MaxConcurrentCommits"/>, and as many wait as may.</summary>
    ConcurrentCommits = 1,

    /// <summary><see cref="TenantLimits.CommitsPerSecond"/>.</summary>
    CommitsPerSecond = 2,

    /// <summary><see cref="TenantLimits.RecordsPerSecond"/>.</summary>
    RecordsPerSecond = 3,

    /// <summary><see cref="TenantLimits.BytesPerSecond"/>.</summary>
    BytesPerSecond = 4,

    /// <summary><see cref="TenantLimits.MaxRecords"/>.</summary>
    Records = 5,

    /// <summary><see cref="TenantLimits.MaxBytes"/>.</summary>
    Bytes = 6,
}
