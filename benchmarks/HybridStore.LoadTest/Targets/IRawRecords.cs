namespace HybridStore.LoadTest.Targets;

/// <summary>Records by a client alone, with the least that can be said to the server.</summary>
internal interface IRawRecords : IAsyncDisposable
{
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string session, AuthKey key);

    /// <summary>Reads many in one call; how many there are.</summary>
    ValueTask<int> CountAsync(string session, AuthKey[] keys);

    ValueTask WriteAsync(string session, RecordWrite[] writes);
}
