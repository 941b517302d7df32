using System.Collections;

namespace HybridStore;

/// <summary>The answer to one read of many ids: every record as it was at one version of the session, in the order asked.</summary>
public sealed class AuthRecordSet : IReadOnlyList<AuthRecord>
{
    private readonly AuthRecord[] _records;

    internal AuthRecordSet(long incarnation, long sessionVersion, AuthRecord[] records)
    {
        Incarnation = incarnation;
        SessionVersion = sessionVersion;
        _records = records;
    }

    /// <summary>Which life of the session answered, from 1; 0 when the session has never lived.</summary>
    public long Incarnation { get; }

    /// <summary>The session's version at which every record of the set was current; 0 when the session does not exist.</summary>
    public long SessionVersion { get; }

    /// <summary>How many records were asked for.</summary>
    public int Count => _records.Length;

    /// <summary>The record at a position of the request.</summary>
    /// <param name="index">The position, from 0.</param>
    public AuthRecord this[int index] => _records[index];

    /// <summary>Enumerates the records in the order asked.</summary>
    public IEnumerator<AuthRecord> GetEnumerator() => ((IEnumerable<AuthRecord>)_records).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _records.GetEnumerator();
}
