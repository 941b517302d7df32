namespace HybridStore;

/// <summary>What a change of keys is to go through, and from where on.</summary>
public sealed record KeyJobRequest
{
    /// <summary>Only this tenant's sessions; <see langword="null"/>: all.</summary>
    public string? Tenant { get; init; }

    /// <summary>Only this session; <see langword="null"/>: all, or all of <see cref="Tenant"/>.</summary>
    public AuthSessionId? Session { get; init; }

    /// <summary>Only sessions behind this one, in order of tenant and session by UTF-8 bytes: what was reached is gone on from there.</summary>
    public AuthSessionId? After { get; init; }

    /// <summary>For <see cref="AuthKeyRing.ReencryptAsync"/>: whether each session first gets a new data key. <see langword="false"/>: what is still under an older key comes under the newest, as a job that was cut short left it.</summary>
    public bool NewDataKeys { get; init; }

    /// <summary>Is told how far the job is, after each step; a step is at most 256 data keys, or 256 records and 4 MiB of envelopes.</summary>
    public IProgress<KeyJobProgress>? Progress { get; init; }
}
