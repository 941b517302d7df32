using System.Globalization;

namespace HybridStore;

/// <summary>Gathers what is found of a session's records and keys into one finding of each kind.</summary>
internal sealed class DiagnosisTally(AuthSessionId session, long coldVersion, int mostNamed)
{
    private readonly SortedDictionary<AuthFindingKind, (long Count, List<AuthKey> Records, SortedSet<string> Keys)> _found = [];

    public IReadOnlyList<AuthFinding> Findings =>
    [
        .. _found.Select(f => new AuthFinding(f.Key)
        {
            Session = session,
            WaitsForAPerson = f.Key != AuthFindingKind.RecordsQuarantined,
            ColdVersion = coldVersion,
            Count = f.Value.Count,
            Detail = f.Value.Keys.Count == 0 ? null : string.Join(", ", f.Value.Keys),
            Records = f.Value.Records,
        }),
    ];

    public void Add(AuthFindingKind kind, AuthKey? record = null)
    {
        var found = Of(kind);
        if (record is { } key && found.Records.Count < mostNamed)
            found.Records.Add(key);
        _found[kind] = found with { Count = found.Count + (record is null ? 0 : 1) };
    }

    /// <summary>A data key that does not open.</summary>
    public void AddKey(EnvelopeFault fault, ulong? masterKey)
    {
        Add(KindOf(fault));
        if (masterKey is { } id)
            Of(KindOf(fault)).Keys.Add(id.ToString("x16", CultureInfo.InvariantCulture));
    }

    public void AddRecord(EnvelopeFault fault, AuthKey record) => Add(KindOf(fault), record);

    private static AuthFindingKind KindOf(EnvelopeFault fault) => fault switch
    {
        EnvelopeFault.WrongMasterKey => AuthFindingKind.MasterKeyMissing,
        EnvelopeFault.RevokedKey => AuthFindingKind.MasterKeyRevoked,
        EnvelopeFault.UnknownKey or EnvelopeFault.DataKeyDamaged => AuthFindingKind.DataKeyMissing,
        EnvelopeFault.UnknownFormat or EnvelopeFault.UnknownCipher or EnvelopeFault.UnknownCompression => AuthFindingKind.RecordsNotUnderstood,
        _ => AuthFindingKind.RecordsDamaged,
    };

    private (long Count, List<AuthKey> Records, SortedSet<string> Keys) Of(AuthFindingKind kind)
    {
        if (!_found.TryGetValue(kind, out var found))
            _found[kind] = found = (0, [], new SortedSet<string>(StringComparer.Ordinal));
        return found;
    }
}
