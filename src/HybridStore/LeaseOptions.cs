namespace HybridStore;

/// <summary>How sessions are held, so that only one process writes each.</summary>
public sealed class LeaseOptions
{
    internal const int LongestHolder = 200;
    internal static readonly TimeSpan ShortestDuration = TimeSpan.FromSeconds(3);
    internal static readonly TimeSpan LongestDuration = TimeSpan.FromMinutes(10);
    internal static readonly TimeSpan LongestAcquireTimeout = TimeSpan.FromHours(1);

    /// <summary>Whether <see cref="IAuthStateStore.OpenAsync"/> takes the lease.</summary>
    /// <value><see cref="LeaseMode.Required"/> by default. Environment: <c>HYBRIDSTORE_LEASE</c>.</value>
    public LeaseMode Mode { get; set; } = LeaseMode.Required;

    /// <summary>How long a lease holds without being extended, by the cold tier's clock. One heartbeat per store extends all of them every third of it.</summary>
    /// <value>
    /// 30 seconds by default; from 3 seconds to 10 minutes. It is how long a session stays unavailable after its process died on another machine;
    /// the holder itself stops believing in it after four fifths. Environment: <c>HYBRIDSTORE_LEASE_DURATION</c>.
    /// </value>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="IAuthStateStore.OpenAsync"/> waits for a session that another process holds.</summary>
    /// <value>
    /// 40 seconds by default, longer than <see cref="Duration"/>, so that the lease of a process that died is waited for; from zero (not at all) to one hour.
    /// Environment: <c>HYBRIDSTORE_LEASE_ACQUIRE_TIMEOUT</c>.
    /// </value>
    public TimeSpan AcquireTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>What operators call this process, as others see it when they are refused.</summary>
    /// <value>The machine's name by default; 1 to 200 characters. Environment: <c>HYBRIDSTORE_LEASE_HOLDER</c>.</value>
    public string? Holder { get; set; }
}
