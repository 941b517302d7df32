using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Gives a lease back.</summary>
internal sealed class ReleaseLease(LeaseRef lease, bool drained) : WriteWork<bool>
{
    public override bool Apply(WriterTables tables)
    {
        if (tables.Sessions.Find(lease.Session) is not { LeaseHolder: not null } row || row.Epoch != lease.Epoch)
            return Result = false;

        row.LeaseHolder = null;
        row.LeaseUntil = 0;
        if (drained)
            row.AheadEpoch = 0;
        tables.Sessions.Save(lease.Session, row);
        return Result = true;
    }
}
