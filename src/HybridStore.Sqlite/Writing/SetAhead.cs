using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Notes whether commits may be queued under a lease that was neither taken over nor released.</summary>
internal sealed class SetAhead(LeaseRef lease, bool mayQueue) : WriteWork<bool>
{
    public override bool Apply(WriterTables tables)
    {
        if (tables.Sessions.Find(lease.Session) is not { LeaseHolder: not null } row || row.Epoch != lease.Epoch)
            return Result = false;

        row.AheadEpoch = mayQueue ? lease.Epoch : 0;
        tables.Sessions.Save(lease.Session, row);
        return Result = true;
    }
}
