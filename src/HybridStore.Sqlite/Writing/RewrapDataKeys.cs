using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Replaces wrapped data keys, each where it still is as it was read.</summary>
internal sealed class RewrapDataKeys(IReadOnlyList<DataKeyRewrap> keys) : WriteWork<int>
{
    public override bool Apply(WriterTables tables)
    {
        Result = 0;
        foreach (var key in keys)
        {
            if (tables.Sessions.Find(key.Session) is { Exists: true } row && row.Incarnation == key.Incarnation && tables.DataKeys.Rewrap(row.Id, key))
                Result++;
        }

        return Result > 0;
    }
}
