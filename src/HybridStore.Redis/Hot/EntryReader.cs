using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>Puts entries together from their parts, in order. Whole ones only.</summary>
internal sealed class EntryReader
{
    private readonly List<OutboxEntry> _entries = [];
    private readonly List<SealedChange> _changes = [];
    private EntryHead? _head;

    public IReadOnlyList<OutboxEntry> Entries => _entries;

    /// <summary>Whether the part that was read last is not an entry's last.</summary>
    public bool IsInTheMiddle => _head is not null;

    /// <summary>Takes the next part: names and values by turns.</summary>
    /// <exception cref="FormatException">It is not of this version's format.</exception>
    public void Add(IReadOnlyList<byte[]> part)
    {
        var at = 0;
        if (part.Count >= 2 && part[0] is [(byte)'h'])
        {
            if (_head is not null)
                throw new FormatException();
            _head = EntryHead.Parse(Encoding.ASCII.GetString(part[1])) ?? throw new FormatException();
            at = 2;
        }

        if (_head is not { } head)
            throw new FormatException();
        for (; at + 1 < part.Count; at += 2)
        {
            if (FieldName.Parse(part[at]) is not { } key || RecordValue.Parse(key, part[at + 1]) is not { } record)
                throw new FormatException();
            _changes.Add(record.Exists
                ? new SealedChange(key, record.Envelope) { Version = record.Version == head.Version ? 0 : record.Version }
                : new SealedChange(key, null));
        }

        if (_changes.Count < head.Changes)
            return;
        _entries.Add(new OutboxEntry(head.Incarnation, head.Epoch, new SealedPatch
        {
            CommitId = head.CommitId,
            Predecessor = head.Predecessor,
            Version = head.Version,
            Absorbed = head.Absorbed,
            Changes = [.. _changes],
        }));
        _changes.Clear();
        _head = null;
    }
}
