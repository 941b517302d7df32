using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Ends a session's life: a tombstone comes, the row and the keys go, and the records, which nobody reaches any more, go later.</summary>
internal sealed class DeleteWork(AuthSessionId session) : WriteWork<ColdDeletion>
{
    public override bool LeavesPurge => Result is not null;

    public override bool Apply(WriterTables tables)
    {
        var before = tables.Sessions.FindTombstone(session);
        if (tables.Sessions.Find(session) is not { } row)
        {
            Result = new ColdDeletion(false, before.Incarnation, before.LastVersion, before.Epoch);
            return false;
        }

        var after = new Tombstone(row.Incarnation, row.Exists ? row.Version : before.LastVersion, row.Epoch + 1);
        tables.Sessions.SetTombstone(session, after);
        tables.DataKeys.Destroy(row.Id);
        tables.Sessions.Delete(row.Id);
        tables.Purges.Add(row.Id);
        Result = new ColdDeletion(row.Exists, after.Incarnation, after.LastVersion, after.Epoch);
        return true;
    }
}
