namespace HybridStore.Sqlite.Writing;

/// <summary>Removes what an import that did not come to its end has written.</summary>
internal sealed class ImportAbandonment(AuthSessionId session, long loadingId) : WriteWork<bool>
{
    public override bool LeavesPurge => Result;

    public override bool Apply(WriterTables tables)
    {
        Result = tables.Sessions.Find(session) is { Loading: true } row && row.Id == loadingId;
        if (Result)
            Forget(tables, session, tables.Sessions.Find(session)!);
        return Result;
    }

    /// <summary>Gives the records up; the row stays if somebody was given an epoch of it.</summary>
    public static void Forget(WriterTables tables, AuthSessionId session, SessionRow row)
    {
        tables.TakeOverIfLoading(row);
        if (row.Epoch != 0 || row.Incarnation != 0)
            tables.Sessions.Save(session, row);
    }
}
