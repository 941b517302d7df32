using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Extends leases that were neither taken over, nor released, nor written past after they ran out.</summary>
internal sealed class RenewLeases(IReadOnlyList<LeaseRef> leases, TimeSpan duration) : WriteWork<IReadOnlyList<bool>>
{
    public override bool Apply(WriterTables tables)
    {
        long until = LeaseTime.Until(tables.Now, duration);
        var renewed = new bool[leases.Count];
        for (int i = 0; i < renewed.Length; i++)
            renewed[i] = tables.Sessions.Renew(leases[i], until);
        Result = renewed;
        return true;
    }
}
