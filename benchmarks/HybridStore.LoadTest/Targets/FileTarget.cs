using System.Collections.Concurrent;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Targets;

/// <summary>A baseline: one JSON file for each key, as <c>useMultiFileAuthState</c> of Baileys keeps them. A lock for each path, and a bare write without a flush: a crash may leave a file empty.</summary>
internal sealed class FileTarget(string folder) : ITarget
{
    public string Name => "file-per-key";

    public async Task ImportAsync(string session, IEnumerable<StateRecord> records)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, session)).FullName;
        foreach (var record in records)
            await File.WriteAllBytesAsync(PathOf(target, record.Key), RecordContent.Make(record));
    }

    public Task<ITargetSession> OpenAsync(string session) => Task.FromResult<ITargetSession>(new Session(Directory.CreateDirectory(Path.Combine(folder, session)).FullName));

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string PathOf(string folder, AuthKey key) =>
        Path.Combine(folder, $"{key.Type}-{key.Id}.json".Replace("/", "__", StringComparison.Ordinal).Replace(':', '-'));

    private sealed class Session(string folder) : ITargetSession
    {
        private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

        public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key)
        {
            var path = PathOf(folder, key);
            var turn = await EnterAsync(path);
            try
            {
                return await File.ReadAllBytesAsync(path);
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            finally
            {
                turn.Release();
            }
        }

        public async ValueTask<int> GetManyAsync(AuthKey[] keys)
        {
            var count = 0;
            foreach (var key in keys)
                count += await GetAsync(key) is null ? 0 : 1;
            return count;
        }

        // All at once, as Promise.all does.
        public async ValueTask CommitAsync(RecordWrite[] writes) => await Task.WhenAll(writes.Select(WriteAsync));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task WriteAsync(RecordWrite write)
        {
            var path = PathOf(folder, write.Key);
            var turn = await EnterAsync(path);
            try
            {
                if (write.Value is { } value)
                    await File.WriteAllBytesAsync(path, value);
                else
                    File.Delete(path);
            }
            finally
            {
                turn.Release();
            }
        }

        private async Task<SemaphoreSlim> EnterAsync(string path)
        {
            var turn = _locks.GetOrAdd(path, static _ => new SemaphoreSlim(1));
            await turn.WaitAsync();
            return turn;
        }
    }
}
