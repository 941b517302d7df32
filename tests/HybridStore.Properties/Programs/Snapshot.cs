using System.Collections.Immutable;

namespace HybridStore.Properties.Programs;

/// <summary>A session as the model had it at one time.</summary>
/// <param name="Incarnation">The life, or the last one that ended; 0: it has never lived.</param>
/// <param name="Version">The version; 0: it does not exist.</param>
/// <param name="Records">The records.</param>
/// <param name="CreatedAt">When this life began.</param>
/// <param name="UpdatedAt">When this version was made.</param>
internal sealed record Snapshot(
    long Incarnation, long Version, ImmutableDictionary<AuthKey, (long Version, byte[] Value)> Records, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static Snapshot Nothing { get; } = new(0, 0, ImmutableDictionary<AuthKey, (long Version, byte[] Value)>.Empty, default, default);

    public bool Exists => Version > 0;

    /// <summary>When the next one took its place; <see langword="null"/> for the present one.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    /// <summary>The life, or 0 if there is none now.</summary>
    public long Life => Exists ? Incarnation : 0;

    public AuthSessionInfo Info(AuthSessionId id) => new(id, Incarnation, Version, CreatedAt, UpdatedAt);

    public long VersionOf(AuthKey key) => Records.TryGetValue(key, out var record) ? record.Version : 0;

    public bool Agrees(AuthRecord record) => Records.TryGetValue(record.Key, out var mine)
        ? record.Exists && record.Version == mine.Version && record.Value.Span.SequenceEqual(mine.Value)
        : record == AuthRecord.Absent(record.Key);

    public override string ToString() => Exists ? $"incarnation {Incarnation}, version {Version}" : $"absent after incarnation {Incarnation}";
}
