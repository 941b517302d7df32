using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Targets;

/// <summary>A store that a trace is played on.</summary>
internal interface ITarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Makes a session with these records, before anything is measured.</summary>
    Task ImportAsync(string session, IEnumerable<StateRecord> records);

    Task<ITargetSession> OpenAsync(string session);
}

/// <summary>A session of a target, as a bot has it open.</summary>
internal interface ITargetSession : IAsyncDisposable
{
    /// <summary>Reads one record; <see langword="null"/>: there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key);

    /// <summary>Reads many; how many there are.</summary>
    ValueTask<int> GetManyAsync(AuthKey[] keys);

    /// <summary>Sets and deletes as one; a value that is <see langword="null"/> deletes.</summary>
    ValueTask CommitAsync(RecordWrite[] writes);
}

/// <summary>One record that a commit sets, or deletes.</summary>
internal readonly record struct RecordWrite(AuthKey Key, byte[]? Value);
