using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>Replaces envelopes of records that nobody has written since they were read.</summary>
internal sealed class ReplaceEnvelopes(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records) : WriteWork<int>
{
    public override long Bytes { get; } = records.Sum(static r => (long)r.Envelope.Length);

    public override bool Apply(WriterTables tables)
    {
        Result = 0;
        if (tables.Sessions.Find(session) is { Exists: true } row && row.Incarnation == incarnation)
            Result = records.Count(record => tables.Records.Replace(row.Id, record));
        return Result > 0;
    }
}
