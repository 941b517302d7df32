namespace HybridStore;

/// <summary>What is known of a session without opening any record.</summary>
/// <param name="Id">Which session.</param>
/// <param name="Incarnation">Which life of it this is, from 1.</param>
/// <param name="Version">Its commit counter: how many commits this life took.</param>
/// <param name="CreatedAt">When this life began, by the cold tier's clock.</param>
/// <param name="UpdatedAt">When its last commit was, by the cold tier's clock.</param>
public sealed record AuthSessionInfo(AuthSessionId Id, long Incarnation, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
