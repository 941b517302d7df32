using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Gives a session another data key, which seals from then on.</summary>
internal sealed class AddDataKey(DataKeyAddition addition) : WriteWork<bool>
{
    public override bool Apply(WriterTables tables)
    {
        Result = false;
        if (tables.Sessions.Find(addition.Session) is not { Exists: true } row || row.Incarnation != addition.Incarnation)
            return false;
        Result = row.DataKey == addition.Key.Id;
        if (row.DataKey != addition.After)
            return false;
        row.DataKey = addition.Key.Id;
        tables.DataKeys.Insert(row.Id, addition.Key, tables.Now);
        tables.Sessions.Save(addition.Session, row);
        return Result = true;
    }
}
