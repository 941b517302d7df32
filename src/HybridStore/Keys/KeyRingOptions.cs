namespace HybridStore;

/// <summary>The ring of master keys in the cold tier: keys that are replaced by themselves, period by period. Off by default: then the configured master key is the only one.</summary>
public sealed class KeyRingOptions
{
    internal static readonly TimeSpan ShortestPeriod = TimeSpan.FromDays(7);
    internal static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(3650);
    internal static readonly TimeSpan ShortestRefreshInterval = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan LongestRefreshInterval = TimeSpan.FromDays(1);

    /// <summary>How far the clocks of processes may be apart: a key that becomes active within this time is taken for active already.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Whether there is a ring. Its keys are wrapped by the configured master key, or by the provider of <see cref="EncryptionOptions.UseMasterKeyProvider"/>, which turns it on.</summary>
    /// <value><see langword="false"/> by default. Environment: <c>HYBRIDSTORE_KEY_RING</c>, <c>true</c> or <c>false</c>.</value>
    public bool Enabled { get; set; }

    /// <summary>Whether this process makes the next key when it is due. <see langword="false"/>: it uses what others make.</summary>
    /// <value><see langword="true"/> by default. Environment: <c>HYBRIDSTORE_KEY_RING_ROTATES</c>.</value>
    public bool Rotates { get; set; } = true;

    /// <summary>How long a key is active.</summary>
    /// <value>90 days by default; from 7 to 3,650 days. Environment: <c>HYBRIDSTORE_KEY_RING_PERIOD</c>, such as <c>90.00:00:00</c>.</value>
    public TimeSpan Period { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long before it becomes active a key is in the ring, so that every process has it when its time comes.</summary>
    /// <value>2 days by default; from twice <see cref="RefreshInterval"/> to half of <see cref="Period"/>. Environment: <c>HYBRIDSTORE_KEY_RING_ACTIVATION_DELAY</c>.</value>
    public TimeSpan ActivationDelay { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How old what a process knows of the ring may be when it opens or creates a session. A key that it does not know is asked for at once, whatever this says.</summary>
    /// <value>1 hour by default; from 1 minute to 1 day. Environment: <c>HYBRIDSTORE_KEY_RING_REFRESH_INTERVAL</c>.</value>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromHours(1);
}
