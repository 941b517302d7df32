using HybridStore.Coordination;

namespace HybridStore.Sessions;

/// <summary>One record that the in-process tier holds, opened; an absent one is held too. Everything but the links never changes.</summary>
internal sealed class LocalRecord(SessionRecords owner, in AuthRecord record, SeenMark asOf, long goodUntil)
{
    // What a record costs besides its names and value: this object, its place in the dictionary, an array header. An estimate, so that small records count too.
    private const int Overhead = 240;

    private readonly AuthRecord _record = record;

    public SessionRecords Owner { get; } = owner;

    public ref readonly AuthRecord Record => ref _record;

    /// <summary>The point of the session at which this was so: what is older never replaces it.</summary>
    public SeenMark AsOf { get; } = asOf;

    /// <summary>Until when it may be answered without the lease, in ticks of UTC; under one, for ever.</summary>
    public long GoodUntil { get; } = goodUntil;

    public long Bytes { get; } = Overhead + (2L * (record.Key.Type.Length + record.Key.Id.Length)) + (record.Exists ? record.Value.Length : 0);

    /// <summary>Whether it was read since the last search for room. A hint: written without a lock.</summary>
    public bool WasUsed { get; set; }

    /// <summary>Its neighbours, for the tier and under its lock.</summary>
    public LinkedListNode<LocalRecord>? Place { get; set; }
}
