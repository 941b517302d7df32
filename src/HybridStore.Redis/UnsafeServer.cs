namespace HybridStore.Redis;

/// <summary>What to do with a server whose settings may lose what was queued.</summary>
public enum UnsafeServer
{
    /// <summary>Say so in the log, once for each run of the server, and use it.</summary>
    Warn = 1,

    /// <summary>Say so in the log, and refuse every call with <see cref="StoreUnusableException"/> until the settings are changed.</summary>
    Refuse = 2,
}
