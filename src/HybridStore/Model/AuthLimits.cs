namespace HybridStore;

/// <summary>The limits that every store keeps, whatever its tiers could take.</summary>
public static class AuthLimits
{
    /// <summary>The largest value of one record, in bytes: 8 MiB. The largest real one is an app-state collection of about 1.3 MB.</summary>
    public const int MaxValueBytes = 8 * 1024 * 1024;

    /// <summary>The longest tenant, session, type or id, in bytes of UTF-8: 1,024.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>How many commits back a repeated <see cref="CommitId"/> is recognised, per session: 64.</summary>
    public const int RememberedCommits = 64;
}
