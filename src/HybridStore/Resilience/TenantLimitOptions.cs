namespace HybridStore;

/// <summary>How much of a store one tenant may take. Nothing is limited by default.</summary>
/// <remarks>Rates and concurrency hold in each process by itself. What is stored is counted in cold, and so holds for all processes, as of the last count.</remarks>
public sealed class TenantLimitOptions
{
    internal static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>The limits of every tenant that <see cref="Tenants"/> does not name.</summary>
    public TenantLimits Default { get; } = new();

    /// <summary>The limits of tenants by name, in the place of <see cref="Default"/> as a whole.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, TenantLimits> Tenants { get; } = new Dictionary<string, TenantLimits>(StringComparer.Ordinal);

    /// <summary>How long a count of what a tenant has stored is good. In between, what this process has written is added, as if none of it took the place of anything.</summary>
    /// <value>5 minutes by default; from one second to one day. Where that sum is beyond a limit, it is counted anew before anything is refused.</value>
    public TimeSpan CountInterval { get; set; } = TimeSpan.FromMinutes(5);
}
