namespace HybridStore.LoadTest.Traces;

/// <summary>What a bot does for one message, or for another such event: operations one after the other.</summary>
/// <param name="Session">Which of the trace's sessions.</param>
/// <param name="Lane">Messages of a session and lane (a chat) are played in order; those of different ones may overlap.</param>
/// <param name="Operations">What is asked of the store.</param>
internal sealed record TraceMessage(int Session, int Lane, IReadOnlyList<TraceOperation> Operations);

/// <summary>One call of the store.</summary>
internal abstract record TraceOperation
{
    /// <summary>A size that nobody can tell beforehand, since other lanes write the record too.</summary>
    public const int Any = -2;

    /// <summary>The size of a record that is absent.</summary>
    public const int Absent = -1;

    /// <summary>Reads one record.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="Size">What it must have; <see cref="Absent"/>: it must not be there.</param>
    internal sealed record Get(AuthKey Key, int Size) : TraceOperation;

    /// <summary>Reads many records at once.</summary>
    /// <param name="Keys">Which.</param>
    internal sealed record GetMany(AuthKey[] Keys) : TraceOperation;

    /// <summary>Commits records; those of the size <see cref="Absent"/> are deleted.</summary>
    /// <param name="Records">Which.</param>
    internal sealed record Commit(StateRecord[] Records) : TraceOperation;
}
