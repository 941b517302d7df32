using System.Buffers.Binary;
using System.Collections.Concurrent;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Properties.Support;
using HybridStore.Sqlite;

namespace HybridStore.Properties.Programs;

/// <summary>Runs a concurrent program and holds what comes out against the promises: which order the tasks met in is not known, and need not be.</summary>
internal sealed class ConcurrentRun : IAsyncDisposable
{
    private static readonly AuthSessionId First = World.Sessions[0];
    private static readonly AuthSessionId Second = World.Sessions[1];
    private static readonly AuthKey Counter = new(AuthKeyTypes.PreKey, "counter");
    private static readonly AuthKey[] Group = [AuthKey.Creds, new(AuthKeyTypes.Session, "a"), new(AuthKeyTypes.SenderKey, "b")];

    private readonly TempFolder _folder = new();
    private readonly HybridAuthStore[] _opened;
    private readonly IAuthStateStore[] _stores;
    private readonly ConcurrentDictionary<long, int> _versions = new();
    private long _tag;
    private int _counted;

    private ConcurrentRun(Func<IAuthStateStore, IAuthStateStore> wrap)
    {
        using var masterKey = MasterKey.Generate();
        var key = masterKey.ToBase64();
        _opened = [.. Enumerable.Range(0, World.Handles).Select(handle => Open(handle, key))];
        _stores = [.. _opened.Select(wrap)];
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task CheckAsync(ConcurrentProgram program, Func<IAuthStateStore, IAuthStateStore>? wrap = null)
    {
        await using var run = new ConcurrentRun(wrap ?? (store => store));
        var tasks = program.Tasks.Select((task, number) => new Worker(run, run._stores[task.Handle], number, task.Acts)).ToList();
        await Task.WhenAll(tasks.Select(t => Task.Run(t.RunAsync, Cancel)));

        // To a store that has seen nothing, everything acknowledged is there.
        var end = await run._opened[0].GetManyAsync(First, [Counter, .. tasks.Select(t => t.Own)], Cancel);
        Assert.Equal(run._versions.Count, end.SessionVersion);
        Assert.Equal(Enumerable.Range(1, run._versions.Count).Select(v => (long)v), run._versions.Keys.Order());
        Assert.Equal(run._counted, end[0].Exists ? Number(end[0].Value) : 0);
        foreach (var (task, record) in tasks.Zip(end.Skip(1)))
        {
            Assert.Equal(task.OwnVersion, record.Version);
            Assert.Equal(task.OwnTag, record.Exists ? Number(record.Value) : null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
            await store.DisposeAsync();
        _folder.Dispose();
    }

    private HybridAuthStore Open(int handle, string masterKey)
    {
        // The system's clock: here the third store is behind by as much as it likes, within its bound.
        var options = World.Options(handle, masterKey);
        var cold = new SqliteColdTier(new SqliteColdTierOptions { Path = _folder.File("store.db"), BusyTimeout = TimeSpan.FromMinutes(2) }, TimeProvider.System);
        return new HybridAuthStore(cold, World.HasHot(handle) ? new InMemoryHotTier(1024 * 1024) : null, options);
    }

    private static byte[] Bytes(long number)
    {
        var bytes = new byte[300];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }

    private static long Number(ReadOnlyMemory<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value.Span);

    private sealed class Worker(ConcurrentRun run, IAuthStateStore store, int number, IReadOnlyList<Act> acts)
    {
        private readonly Dictionary<AuthSessionId, (long Incarnation, long Version)> _seen = [];
        private readonly Dictionary<AuthKey, long> _seenRecords = [];
        private (AuthPatch Patch, CommitReceipt Receipt)? _last;

        public AuthKey Own { get; } = new(AuthKeyTypes.DeviceList, $"own-{number}");

        public long OwnVersion { get; private set; }

        public long? OwnTag { get; private set; }

        public async Task RunAsync()
        {
            foreach (var act in acts)
                await DoAsync(act);
        }

        private Task DoAsync(Act act) => act switch
        {
            Act.Count => CountAsync(),
            Act.SetGroup => SetOwnAsync(withGroup: true),
            Act.SetOwn => SetOwnAsync(withGroup: false),
            Act.DeleteOwn => DeleteOwnAsync(),
            Act.Repeat => RepeatAsync(),
            Act.Read => ReadGroupAsync(First),
            Act.ReadOne => ReadOneAsync(),
            Act.DeleteSecond => store.DeleteSessionAsync(Second, Cancel).AsTask(),
            Act.ImportSecond => ImportSecondAsync(),
            Act.CommitSecond => CommitSecondAsync(),
            Act.ReadSecond => ReadGroupAsync(Second),
            Act.EnumerateSecond => EnumerateSecondAsync(),
            _ => throw new InvalidOperationException($"No such act: {act}"),
        };

        private async Task CountAsync()
        {
            while (true)
            {
                var counter = (await ReadGroupAsync(First))[^2];
                var patch = new AuthPatch().Set(Counter, Bytes((counter.Exists ? Number(counter.Value) : 0) + 1)).Expect(Counter, counter.Version);
                AddGroup(patch, Interlocked.Increment(ref run._tag));
                try
                {
                    await CommitFirstAsync(patch);
                    Interlocked.Increment(ref run._counted);
                    return;
                }
                catch (CommitConflictException)
                {
                    // Somebody came between. What the conflict told this store, its next read shows: it can't go round for nothing.
                }
            }
        }

        private async Task SetOwnAsync(bool withGroup)
        {
            var tag = Interlocked.Increment(ref run._tag);
            var patch = new AuthPatch().Set(Own, Bytes(tag));
            if (withGroup)
                AddGroup(patch, tag);
            OwnVersion = (await CommitFirstAsync(patch)).Version;
            OwnTag = tag;
        }

        private async Task DeleteOwnAsync()
        {
            await CommitFirstAsync(new AuthPatch().Delete(Own));
            OwnVersion = 0;
            OwnTag = null;
        }

        private async Task RepeatAsync()
        {
            if (_last is not { } last)
                return;
            var receipt = await store.CommitAsync(First, last.Patch, Cancel);
            Assert.Equal(last.Receipt with { IsRepeat = true }, receipt);
        }

        private async Task<CommitReceipt> CommitFirstAsync(AuthPatch patch)
        {
            var receipt = await store.CommitAsync(First, patch, Cancel);
            Assert.Equal((1L, CommitOutcome.Persisted, false), (receipt.Incarnation, receipt.Outcome, receipt.IsRepeat));
            Assert.True(run._versions.TryAdd(receipt.Version, number), $"Two commits made version {receipt.Version}.");
            See(First, 1, receipt.Version);
            _last = (patch, receipt);
            return receipt;
        }

        private async Task<AuthRecordSet> ReadGroupAsync(AuthSessionId session)
        {
            var set = await store.GetManyAsync(session, [.. Group, Counter, Own], Cancel);
            CheckGroup(session, [.. set.Take(Group.Length)]);
            See(session, set.Incarnation, set.SessionVersion == 0 && set.Incarnation > 0 ? long.MaxValue : set.SessionVersion);
            Assert.All(set, r => Assert.InRange(r.Version, 0, set.SessionVersion));
            if (session != First)
                return set;
            Assert.Equal((OwnVersion, OwnTag), (set[^1].Version, set[^1].Exists ? Number(set[^1].Value) : null));
            foreach (var record in set)
                SeeRecord(record);
            return set;
        }

        private async Task ReadOneAsync()
        {
            SeeRecord(await store.GetAsync(First, Counter, Cancel));
            var own = await store.GetAsync(First, Own, Cancel);
            Assert.Equal((OwnVersion, OwnTag), (own.Version, own.Exists ? Number(own.Value) : null));
        }

        private async Task ImportSecondAsync()
        {
            var tag = Interlocked.Increment(ref run._tag);
            try
            {
                var info = await store.ImportAsync(Second, Entries(tag), Cancel);
                Assert.Equal(1, info.Version);
                See(Second, info.Incarnation, info.Version);
            }
            catch (SessionExistsException)
            {
                // Another task was first.
            }
        }

        private async Task CommitSecondAsync()
        {
            var patch = new AuthPatch();
            AddGroup(patch, Interlocked.Increment(ref run._tag));
            try
            {
                var receipt = await store.CommitAsync(Second, patch, Cancel);
                See(Second, receipt.Incarnation, receipt.Version);
            }
            catch (IncarnationEndedException)
            {
                // Another task has deleted it. A read shows it, and the next commit may begin anew.
                await ReadGroupAsync(Second);
            }
        }

        private async Task EnumerateSecondAsync()
        {
            try
            {
                var keys = new List<AuthKey>();
                await foreach (var record in store.EnumerateAsync(Second, cancellationToken: Cancel))
                    keys.Add(record.Key);
                Assert.True(keys.Count is 0 || keys.SequenceEqual(Group.OrderBy(k => k.Type, StringComparer.Ordinal)), $"Enumerated {string.Join(", ", keys)}.");
            }
            catch (IncarnationEndedException)
            {
                // Deleted meanwhile, and says so.
            }
        }

        // A patch is seen whole or not at all: whoever commits the group gives all of it one tag.
        private static void CheckGroup(AuthSessionId session, AuthRecord[] group)
        {
            var whole = group.All(r => !r.Exists) || (group.All(r => r.Exists && r.Version == group[0].Version) && group.All(r => Number(r.Value) == Number(group[0].Value)));
            Assert.True(whole, $"The group of {session} is torn: {string.Join("; ", group)}");
        }

        private void See(AuthSessionId session, long incarnation, long version)
        {
            _seen.TryGetValue(session, out var seen);
            Assert.True((incarnation, version).CompareTo(seen) >= 0, $"{session} was seen at {seen} and then at {(incarnation, version)}.");
            _seen[session] = (incarnation, version);
        }

        private void SeeRecord(AuthRecord record)
        {
            if (record.Key == Own)
                return;
            Assert.True(record.Version >= _seenRecords.GetValueOrDefault(record.Key), $"{record.Key} was seen at version {_seenRecords.GetValueOrDefault(record.Key)} and then as {record}.");
            _seenRecords[record.Key] = record.Version;
        }

        private static void AddGroup(AuthPatch patch, long tag)
        {
            foreach (var key in Group)
                patch.Set(key, Bytes(tag));
        }

        private static async IAsyncEnumerable<AuthEntry> Entries(long tag)
        {
            foreach (var key in Group)
            {
                await Task.Yield();
                yield return new AuthEntry(key, Bytes(tag));
            }
        }
    }
}
