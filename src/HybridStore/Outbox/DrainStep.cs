namespace HybridStore.Outbox;

/// <summary>How one attempt to drain a session ended.</summary>
internal enum DrainStep
{
    /// <summary>There is nothing to drain.</summary>
    Empty = 1,

    /// <summary>Cold has taken something; there may be more.</summary>
    Advanced = 2,

    /// <summary>Cold did not answer: try again later.</summary>
    ColdUnavailable = 3,

    /// <summary>Cold answers, and refuses what comes next: try again later, and not for ever.</summary>
    Refused = 4,

    /// <summary>Nobody drains this here any more: the lease is lost, the session ended, or a person has to look first.</summary>
    Over = 5,
}
