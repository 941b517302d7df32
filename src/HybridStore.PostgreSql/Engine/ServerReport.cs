namespace HybridStore.PostgreSql.Engine;

/// <summary>What the server is, and what of ours is there.</summary>
internal sealed record ServerReport
{
    /// <summary>The version as a number, such as 150012.</summary>
    public required int Version { get; init; }

    /// <summary>The version for people.</summary>
    public required string VersionText { get; init; }

    public required bool IsStandby { get; init; }

    /// <summary>The encoding of the database.</summary>
    public required string Encoding { get; init; }

    /// <summary>Whether commits are flushed to the medium, and pages written whole after a checkpoint: otherwise a crash of the machine loses commits.</summary>
    public required bool IsDurable { get; init; }

    public required bool HasSchema { get; init; }

    /// <summary>Whether the schema is ours: its table of versions is there.</summary>
    public required bool HasVersion { get; init; }

    /// <summary>
    /// Whether the connection is the server's own, and not one to a pool such as PgBouncer, which hands it to a process of the server for a transaction at a time.
    /// </summary>
    public required bool IsDirect { get; init; }
}
