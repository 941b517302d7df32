using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Reading;

/// <summary>A bounded part of a session's records, and where the next part begins.</summary>
internal sealed class RecordPage(string? type)
{
    public const int MaxRecords = 256;
    private const int MaxBytes = 1024 * 1024;

    private readonly List<SealedRecord> _records = new(MaxRecords);
    private byte[] _typeUtf8 = [];
    private int _bytes;

    /// <summary>The last record's type so far; at first what is before every type, or the only type that is wanted.</summary>
    public string AfterType { get; private set; } = type ?? "";

    public string AfterId { get; private set; } = "";

    public IReadOnlyList<SealedRecord> Records => _records;

    public bool HasRoom => _records.Count < MaxRecords && _bytes < MaxBytes;

    public void Add(ReadOnlySpan<byte> typeUtf8, string id, long version, byte[] envelope)
    {
        // Thousands of records share a type: its string is made once.
        if (!typeUtf8.SequenceEqual(_typeUtf8))
        {
            _typeUtf8 = typeUtf8.ToArray();
            AfterType = Encoding.UTF8.GetString(typeUtf8);
        }

        AfterId = id;
        _bytes += envelope.Length;
        _records.Add(new SealedRecord(new AuthKey(AfterType, id), version, envelope));
    }

    /// <summary>Empties the page; the next one continues after its last record.</summary>
    public void Next()
    {
        _records.Clear();
        _bytes = 0;
    }
}
