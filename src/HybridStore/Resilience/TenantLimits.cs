namespace HybridStore;

/// <summary>How much of a store a tenant may take.</summary>
public sealed class TenantLimits
{
    internal const int MostConcurrent = 1_000_000;
    internal const int MostWaiting = 1_000_000;

    /// <summary>How many commits of the tenant may be under way at the same time; <see langword="null"/>: any number.</summary>
    /// <value>None by default; from 1 to 1,000,000.</value>
    public int? MaxConcurrentCommits { get; set; }

    /// <summary>How many more may wait for one of them to end; beyond it, commits are refused.</summary>
    /// <value>100 by default; from 0 to 1,000,000. Only with <see cref="MaxConcurrentCommits"/>.</value>
    public int MaxWaitingCommits { get; set; } = 100;

    /// <summary>How many commits a second, on the average; <see langword="null"/>: any number.</summary>
    /// <value>None by default; above 0.</value>
    public double? CommitsPerSecond { get; set; }

    /// <summary>How many records a second commits may set and delete, on the average; <see langword="null"/>: any number.</summary>
    /// <value>None by default; above 0.</value>
    public double? RecordsPerSecond { get; set; }

    /// <summary>How many bytes of values a second commits may set, on the average; <see langword="null"/>: any number.</summary>
    /// <value>None by default; above 0.</value>
    public double? BytesPerSecond { get; set; }

    /// <summary>For how long a tenant that was idle may save up what the rates allow, to use it in one burst.</summary>
    /// <value>
    /// 10 seconds by default; from 1 second to one hour. One commit that is larger than all that can be saved is taken when nothing of it was used, and the tenant owes the rest.
    /// </value>
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many records the tenant's sessions may have in cold, together; <see langword="null"/>: any number.</summary>
    /// <value>None by default; from 1.</value>
    public long? MaxRecords { get; set; }

    /// <summary>How many bytes of envelopes the tenant's sessions may have in cold, together; <see langword="null"/>: any number.</summary>
    /// <value>None by default; from 1.</value>
    public long? MaxBytes { get; set; }

    /// <summary>Whether nothing is limited.</summary>
    internal bool AreNone =>
        MaxConcurrentCommits is null && CommitsPerSecond is null && RecordsPerSecond is null && BytesPerSecond is null && MaxRecords is null && MaxBytes is null;
}
