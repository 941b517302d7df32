namespace HybridStore;

/// <summary>One thing to record: who did what to which session, and when. It never has a value, the id of a record, a key or a password.</summary>
/// <remarks>Names of tenants and sessions are in it: whatever they tell of people, the trail tells too.</remarks>
public sealed record AuditEvent
{
    /// <summary>What is done.</summary>
    public required AuditKind Kind { get; init; }

    /// <summary>How far it is.</summary>
    public AuditOutcome Outcome { get; init; }

    /// <summary>When, by the store's clock, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: see <see cref="AuditOptions.Actor"/>.</summary>
    public required string Actor { get; init; }

    /// <summary>The id of the process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The same in all that is recorded of one action.</summary>
    public required Guid Action { get; init; }

    /// <summary>The tenant concerned; <see langword="null"/>: none, or all.</summary>
    public string? Tenant { get; init; }

    /// <summary>The session concerned, of <see cref="Tenant"/>; <see langword="null"/>: none, or all of the tenant.</summary>
    public string? Session { get; init; }

    /// <summary>The life of the session.</summary>
    public long? Incarnation { get; init; }

    /// <summary>The session's version: the one that is meant where it begins, the one that came to be where it is done.</summary>
    public long? Version { get; init; }

    /// <summary>The id of the master key.</summary>
    public string? Key { get; init; }

    /// <summary>How many sessions.</summary>
    public long? Sessions { get; init; }

    /// <summary>How many records.</summary>
    public long? Records { get; init; }

    /// <summary>How many data keys.</summary>
    public long? DataKeys { get; init; }

    /// <summary>More about it, in one word of the library's own: why it failed (the type of the exception), or what became of it.</summary>
    public string? Detail { get; init; }
}
