using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Takes a lease; a session that does not exist gets a row without a version for it.</summary>
internal sealed class AcquireLease(LeaseRequest request) : WriteWork<LeaseGrant>
{
    public override bool Apply(WriterTables tables)
    {
        long now = tables.Now;
        var row = tables.Sessions.FindOrMake(request.Session);
        if (row.Refuses(request, now))
        {
            Result = Answer(row, granted: false, row.AheadEpoch) with { Holder = row.LeaseHolder };
            return false;
        }

        long formerAhead = row.AheadEpoch;
        row.Epoch = Math.Max(row.Epoch, request.AboveEpoch) + 1;
        row.LeaseHolder = request.Holder;
        row.LeaseUntil = LeaseTime.Until(now, request.Duration);
        if (request.MayQueue)
            row.AheadEpoch = row.Epoch;
        tables.Sessions.Save(request.Session, row);
        Result = Answer(row, granted: true, formerAhead);
        return true;
    }

    private static LeaseGrant Answer(SessionRow row, bool granted, long formerAhead) => new()
    {
        Granted = granted,
        Epoch = row.Epoch,
        Until = UnixTime.ToDateTimeOffset(row.LeaseUntil),
        FormerAheadEpoch = formerAhead,
        Head = row.ToHead(),
    };
}
