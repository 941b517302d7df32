using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Reading;

/// <summary>The columns of a session's head: incarnation, version, epoch, ahead_epoch, rolled_back_at, created_at, updated_at, in this order everywhere.</summary>
internal static class HeadColumns
{
    public const int Count = 7;

    /// <summary>The head that begins at a column.</summary>
    public static SessionHead Read(NpgsqlDataReader row, int at) => new()
    {
        Incarnation = row.GetInt64(at),
        Version = row.GetInt64(at + 1),
        Epoch = row.GetInt64(at + 2),
        AheadEpoch = row.GetInt64(at + 3),
        RolledBackAt = row.GetInt64(at + 4),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(at + 5),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(at + 6),
    };

    /// <summary>The same, or <see langword="null"/> if the session does not exist: it has no version.</summary>
    public static SessionHead? ReadIfExists(NpgsqlDataReader row, int at) => row.IsDBNull(at + 1) || row.GetInt64(at + 1) == 0 ? null : Read(row, at);
}
