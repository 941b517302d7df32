using HybridStore.PostgreSql.Engine;

namespace HybridStore.PostgreSql;

/// <summary>How the PostgreSQL cold tier uses its database.</summary>
public sealed class PostgreSqlColdTierOptions
{
    private const int MaxWaitingWritesLimit = 65_536;
    private const int MaxConcurrentWritesLimit = 64;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The schema that holds the tables. Stores with different schemas share a database without seeing each other.
    /// Default: <c>hybridstore</c>. Range: 1 to 63 letters, digits and underscores of ASCII, not beginning with a digit or <c>pg_</c>.
    /// </summary>
    public string Schema { get; set; } = "hybridstore";

    /// <summary>
    /// How long one call may take, connecting and repeats included, before it fails with <see cref="StoreUnavailableException"/> or, where a commit may
    /// have been kept, <see cref="CommitOutcomeUnknownException"/>. Importing takes that long at most for each 4 MiB.
    /// Default: 10 seconds. Range: 100 milliseconds to 10 minutes.
    /// </summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many transactions this process commits at the same time, each on a connection of the pool: commits that wait meanwhile share the next one.
    /// Default: 2 transactions. Range: 1 to 64.
    /// </summary>
    public int MaxConcurrentWrites { get; set; } = 2;

    /// <summary>
    /// How many commits may wait; the next caller waits until there is room, in order.
    /// Default: 1,024 commits. Range: 1 to 65,536.
    /// </summary>
    public int MaxWaitingWrites { get; set; } = 1024;

    /// <summary>
    /// Whether the schema is made and brought up to date when the tier is opened. Where the role has no right to, somebody else does it once:
    /// a schema that is up to date needs no such right.
    /// Default: <see langword="true"/>.
    /// </summary>
    public bool Migrates { get; set; } = true;

    /// <summary>Checks the options.</summary>
    /// <returns>What is wrong and what to do about it, one message for each fault; empty if nothing is.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (!SchemaName.IsValid(Schema))
        {
            faults.Add(
                $"{nameof(PostgreSqlColdTierOptions)}.{nameof(Schema)} is \"{Schema}\". "
                + "Set it to 1 to 63 letters, digits and underscores, not beginning with a digit or \"pg_\"; the default is \"hybridstore\".");
        }

        if (OperationTimeout < ShortestTimeout || OperationTimeout > LongestTimeout)
        {
            faults.Add(
                $"{nameof(PostgreSqlColdTierOptions)}.{nameof(OperationTimeout)} is {OperationTimeout}. "
                + $"Set it between {ShortestTimeout} and {LongestTimeout}; the default is 10 seconds.");
        }

        if (MaxConcurrentWrites is < 1 or > MaxConcurrentWritesLimit)
        {
            faults.Add(
                $"{nameof(PostgreSqlColdTierOptions)}.{nameof(MaxConcurrentWrites)} is {MaxConcurrentWrites}. "
                + $"Set it between 1 and {MaxConcurrentWritesLimit}; the default is 2.");
        }

        if (MaxWaitingWrites is < 1 or > MaxWaitingWritesLimit)
        {
            faults.Add(
                $"{nameof(PostgreSqlColdTierOptions)}.{nameof(MaxWaitingWrites)} is {MaxWaitingWrites}. "
                + $"Set it between 1 and {MaxWaitingWritesLimit}; the default is 1024.");
        }

        return faults;
    }

    internal PostgreSqlColdTierOptions Checked() =>
        Validate() is { Count: > 0 } faults ? throw new ArgumentException(string.Join(' ', faults)) : (PostgreSqlColdTierOptions)MemberwiseClone();
}
