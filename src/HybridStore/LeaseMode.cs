namespace HybridStore;

/// <summary>Whether a session is held while it is open.</summary>
public enum LeaseMode
{
    /// <summary>A session is opened only with its lease: nobody else writes it meanwhile.</summary>
    Required = 0,

    /// <summary>The lease is taken if it is free. If not, the session is opened without: it can be read, and its commits are refused while it is held.</summary>
    Optional = 1,

    /// <summary>No lease is taken: every commit goes to cold, and what others commit is seen within <see cref="HybridAuthStoreOptions.MaxStaleness"/>.</summary>
    Off = 2,
}
