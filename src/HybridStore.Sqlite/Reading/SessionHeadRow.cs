using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Reading;

/// <summary>The columns that every read of a session starts with, in one order.</summary>
internal static class SessionHeadRow
{
    public const string Columns = "s.id, s.incarnation, s.version, s.epoch, s.ahead_epoch, s.created_at, s.updated_at, s.rolled_back_at";
    public const int Count = 8;

    public static long Id(SqliteStatement row) => row.Int64(0);

    public static long Incarnation(SqliteStatement row) => row.Int64(1);

    public static bool Exists(SqliteStatement row) => row.Int64(2) > 0;

    /// <summary>A row without a version is there for a lease or an import only, and its incarnation is the last that ended.</summary>
    public static long LastEndedIncarnation(SqliteStatement row) => Exists(row) ? Incarnation(row) - 1 : Incarnation(row);

    public static SessionHead Head(SqliteStatement row) => new()
    {
        Incarnation = Incarnation(row),
        Version = row.Int64(2),
        Epoch = row.Int64(3),
        AheadEpoch = row.Int64(4),
        CreatedAt = UnixTime.ToDateTimeOffset(row.Int64(5)),
        UpdatedAt = UnixTime.ToDateTimeOffset(row.Int64(6)),
        RolledBackAt = row.Int64(7),
    };
}
