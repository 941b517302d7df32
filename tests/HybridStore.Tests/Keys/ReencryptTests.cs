using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Keys;

/// <summary>New data keys: what is written comes under them at once, what is there by a job, and nobody who reads or writes meanwhile notices.</summary>
public sealed class ReencryptTests : IAsyncDisposable
{
    private readonly KeyFixture _fixture = new();

    private static CancellationToken Cancel => KeyFixture.Cancel;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Reencrypt_WithNewKeys_BringsEveryRecordUnderThemAndMovesNoVersion()
    {
        var (store, cold) = _fixture.Open();
        await FillAsync(store, 600);
        var before = (await _fixture.Cold.ReadAsync(KeyFixture.Session, [], false, Cancel)).Head!.Version;
        var steps = new List<KeyJobProgress>();

        var report = await store.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true, Progress = new Listed(steps) }, Cancel);

        Assert.Equal((1, 600, 0, 0, (AuthSessionId?)KeyFixture.Session), (report.Sessions, report.Changed, report.Overtaken, report.Failed, report.Last));
        Assert.Equal([256L, 512L, 600L, 600L], steps.Select(static s => s.Changed));
        Assert.Equal(3, cold.Probe.Count(TierOperation.ReplaceEnvelopes));
        var (newest, names) = await KeysAsync();
        Assert.Equal(2, newest.Count);
        Assert.Equal([newest[0]], names);
        Assert.Equal(before, (await _fixture.Cold.ReadAsync(KeyFixture.Session, [], false, Cancel)).Head!.Version);
        foreach (var reader in (HybridAuthStore[])[store, _fixture.Open().Store])
        {
            for (var i = 0; i < 600; i += 50)
                Assert.Equal((byte)i, await KeyFixture.ReadAsync(reader, KeyFixture.Session, $"{i}"));
        }

        Assert.Equal(0, (await store.KeyRing.ReencryptAsync(cancellationToken: Cancel)).Changed);
    }

    [Fact]
    public async Task NewDataKey_ProcessesThatKnowTheFormerOne_ReadAndWriteOn()
    {
        var (store, _) = _fixture.Open();
        await FillAsync(store, 3);
        var (reader, _) = _fixture.Open();
        var (writer, _) = _fixture.Open();
        Assert.Equal(0, await KeyFixture.ReadAsync(reader, KeyFixture.Session, "0"));
        Assert.Equal(0, await KeyFixture.ReadAsync(writer, KeyFixture.Session, "0"));

        await store.KeyRing.ReencryptAsync(new KeyJobRequest { Session = KeyFixture.Session, NewDataKeys = true }, Cancel);

        Assert.Equal(1, await KeyFixture.ReadAsync(reader, KeyFixture.Session, "1"));
        await KeyFixture.WriteAsync(writer, KeyFixture.Session, 77, "1");
        Assert.Equal(77, await KeyFixture.ReadAsync(reader, KeyFixture.Session, "1"));
        var (newest, names) = await KeysAsync();
        Assert.Equal([newest[0]], names);
        await foreach (var check in _fixture.Open().Store.VerifyAsync(KeyFixture.Session, Cancel))
            Assert.Null(check.Fault);
    }

    [Fact]
    public async Task NewDataKey_HotHasEnvelopesAndKeysOfBefore_IsRead()
    {
        var hot = new InMemoryHotTier(16 * 1024 * 1024);
        var (store, _) = _fixture.Open(hot: hot);
        await FillAsync(store, 3);
        Assert.Equal(0, await KeyFixture.ReadAsync(store, KeyFixture.Session, "0"));
        var (other, _) = _fixture.Open();
        await other.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel);
        await KeyFixture.WriteAsync(other, KeyFixture.Session, 9, "2");

        Assert.Equal(0, await KeyFixture.ReadAsync(store, KeyFixture.Session, "0"));
        Assert.Equal(9, await KeyFixture.ReadAsync(store, KeyFixture.Session, "2"));
        await KeyFixture.WriteAsync(store, KeyFixture.Session, 10, "2");
        Assert.Equal(10, await KeyFixture.ReadAsync(store, KeyFixture.Session, "2"));
    }

    [Fact]
    public async Task NewDataKey_WithoutTheJob_SealsWhatIsWritten()
    {
        var (store, _) = _fixture.Open();
        await FillAsync(store, 4);
        var key = new WrappedDataKey(new DataKeyId(77), default);
        using (var masterKey = MasterKey.Parse(_fixture.MasterKey))
        {
            using var dataKey = new DataKey(key.Id, new byte[32]);
            key = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm).Wrap(KeyFixture.Session, 1, dataKey);
        }

        Assert.True(await _fixture.Keys.AddDataKeyAsync(new DataKeyAddition(KeyFixture.Session, 1, (await KeysAsync()).Keys[0], key), Cancel));
        await KeyFixture.WriteAsync(store, KeyFixture.Session, 5, "1");

        Assert.Equal(2, (await KeysAsync()).Names.Count);
        Assert.Equal(3, (await store.KeyRing.ReencryptAsync(cancellationToken: Cancel)).Changed);
        Assert.Equal([key.Id], (await KeysAsync()).Names);
        Assert.Equal(5, await KeyFixture.ReadAsync(store, KeyFixture.Session, "1"));
    }

    [Fact]
    public async Task Reencrypt_HeldSession_GoesOnUnderItsLease()
    {
        var (store, _) = _fixture.Open();
        await using var session = await store.OpenAsync(KeyFixture.Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[40]), Cancel);
        var (other, _) = _fixture.Open();

        Assert.Equal(1, (await other.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel)).Changed);

        await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "b", Enumerable.Repeat((byte)7, 40).ToArray()), Cancel);
        Assert.False(session.LeaseLost.IsCancellationRequested);
        var (newest, names) = await KeysAsync();
        Assert.Equal([newest[0]], names);
        Assert.Equal(7, await KeyFixture.ReadAsync(other, KeyFixture.Session, "b"));
    }

    [Fact]
    public async Task Reencrypt_CommitsMeanwhile_Win()
    {
        var (store, cold) = _fixture.Open();
        await FillAsync(store, 10);
        var (writer, _) = _fixture.Open();
        cold.Probe.Before = async o =>
        {
            if (o == TierOperation.ReplaceEnvelopes)
                await KeyFixture.WriteAsync(writer, KeyFixture.Session, 200, "3");
        };

        var report = await store.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel);

        Assert.Equal((9, 1), (report.Changed, report.Overtaken));
        Assert.Equal(200, await KeyFixture.ReadAsync(store, KeyFixture.Session, "3"));
        var (newest, names) = await KeysAsync();
        Assert.Equal([newest[0]], names);
    }

    [Fact]
    public async Task Reencrypt_CutShort_GoesOnWithoutAnotherKey()
    {
        var (store, cold) = _fixture.Open();
        await FillAsync(store, 300);
        cold.Probe.After = o => o == TierOperation.ReplaceEnvelopes ? throw new StoreUnavailableException("memory", "It is down.") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel));
        cold.Probe.Restore();

        var report = await store.KeyRing.ReencryptAsync(cancellationToken: Cancel);

        Assert.Equal(300 - 256, report.Changed);
        var (newest, names) = await KeysAsync();
        Assert.Equal(2, newest.Count);
        Assert.Equal([newest[0]], names);
    }

    [Fact]
    public async Task Reencrypt_RecordThatDoesNotOpen_IsLeftAndNamed()
    {
        var (store, _) = _fixture.Open();
        await FillAsync(store, 3);
        var damaged = (await _fixture.Cold.ReadAsync(KeyFixture.Session, [new AuthKey(AuthKeyTypes.Session, "1")], false, Cancel)).Records[0];
        var bytes = damaged.Envelope.ToArray();
        bytes[^1] ^= 1;
        Assert.Equal(1, await _fixture.Keys.ReplaceEnvelopesAsync(KeyFixture.Session, 1, [damaged with { Envelope = bytes }], Cancel));

        var report = await store.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel);

        Assert.Equal((2, 1), (report.Changed, report.Failed));
        Assert.Equal(new KeyJobFailure(KeyFixture.Session, "NotAuthentic"), Assert.Single(report.Failures));
        Assert.Equal(bytes, (await _fixture.Cold.ReadAsync(KeyFixture.Session, [damaged.Key], false, Cancel)).Records[0].Envelope.ToArray());
    }

    [Fact]
    public async Task Reencrypt_SessionOfAnotherTenantOrNone_IsLeftAlone()
    {
        var (store, _) = _fixture.Open();
        await KeyFixture.WriteAsync(store, new AuthSessionId("a", "1"));
        await KeyFixture.WriteAsync(store, new AuthSessionId("b", "1"));
        await KeyFixture.WriteAsync(store, new AuthSessionId("b", "2"));

        Assert.Equal(2, (await store.KeyRing.ReencryptAsync(new KeyJobRequest { Tenant = "b", NewDataKeys = true }, Cancel)).Changed);
        Assert.Equal(1, (await store.KeyRing.ReencryptAsync(new KeyJobRequest { After = new AuthSessionId("b", "1"), NewDataKeys = true }, Cancel)).Changed);
        Assert.Single((await _fixture.Cold.ReadAsync(new AuthSessionId("a", "1"), [], true, Cancel)).DataKeys);
        Assert.Equal(3, (await _fixture.Cold.ReadAsync(new AuthSessionId("b", "2"), [], true, Cancel)).DataKeys.Count);
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await store.KeyRing.ReencryptAsync(new KeyJobRequest { Session = new AuthSessionId("no", "one") }, Cancel));
    }

    [Fact]
    public async Task Seals_BeyondTheBound_GiveTheSessionANewDataKey()
    {
        var (store, _) = _fixture.Open(static o => o.MaxSealsPerDataKey = 1024);
        await FillAsync(store, 1023);
        await KeyFixture.WriteAsync(store, KeyFixture.Session, 1, "x");
        Assert.Single((await KeysAsync()).Keys);

        await KeyFixture.WriteAsync(store, KeyFixture.Session, 2, "y");

        var (keys, names) = await KeysAsync();
        Assert.Equal(2, keys.Count);
        Assert.Equal([.. keys.Order(Comparer<DataKeyId>.Create(static (a, b) => a.Value.CompareTo(b.Value)))], names);
        Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Session, "x"));
        Assert.Equal(2, await KeyFixture.ReadAsync(_fixture.Open().Store, KeyFixture.Session, "y"));
    }

    [Fact]
    public async Task Seals_BeyondTheBoundAndNoNewKeyCanBeHad_GoOn()
    {
        var (store, cold) = _fixture.Open(static o => o.MaxSealsPerDataKey = 1024);
        await FillAsync(store, 1024);
        cold.Probe.Fail(TierOperation.AddDataKey, afterwards: false);

        await KeyFixture.WriteAsync(store, KeyFixture.Session, 2, "y");

        Assert.Single((await KeysAsync()).Keys);
        cold.Probe.Restore();
        await KeyFixture.WriteAsync(store, KeyFixture.Session, 3, "y");
        Assert.Equal(2, (await KeysAsync()).Keys.Count);
    }

    private static async Task FillAsync(HybridAuthStore store, int records)
    {
        var patch = new AuthPatch();
        for (var i = 0; i < records; i++)
            patch.Set(AuthKeyTypes.Session, $"{i}", Enumerable.Repeat((byte)i, 40).ToArray());
        await store.CommitAsync(KeyFixture.Session, patch, Cancel);
    }

    private async Task<(List<DataKeyId> Keys, List<DataKeyId> Names)> KeysAsync()
    {
        var keys = (await _fixture.Cold.ReadAsync(KeyFixture.Session, [], withDataKeys: true, Cancel)).DataKeys.Select(static k => k.Id).ToList();
        var names = new SortedSet<ulong>();
        await foreach (var record in _fixture.Cold.EnumerateAsync(KeyFixture.Session, null, Cancel))
        {
            Assert.Null(EnvelopeHeader.TryRead(record.Envelope.Span, out var header));
            names.Add(header.DataKeyId.Value);
        }

        return (keys, [.. names.Select(static n => new DataKeyId(n))]);
    }

    [Fact]
    public async Task ReencryptAsync_WhatItDoes_IsCountedByJobAndNamesNobody()
    {
        using var listener = new MeterListener();
        var counts = new ConcurrentDictionary<string, long>();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == "HybridStore" && instrument.Name.StartsWith("hybridstore.key_job.", StringComparison.Ordinal))
                me.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            // Other tests run at the same time, and count too: at least what is done here.
            Assert.Equal(1, tags.Length);
            counts.AddOrUpdate($"{instrument.Name} {tags[0].Key}={tags[0].Value}", count, (_, sum) => sum + count);
        });
        listener.Start();
        var (store, _) = _fixture.Open();
        foreach (var id in (string[])["a", "b", "c"])
            await KeyFixture.WriteAsync(store, KeyFixture.Session, id: id);

        await store.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel);

        Assert.True(counts["hybridstore.key_job.changed hybridstore.key_job=reencrypt"] >= 3);
        Assert.True(counts["hybridstore.key_job.sessions hybridstore.key_job=reencrypt"] >= 1);
    }

    private sealed class Listed(List<KeyJobProgress> list) : IProgress<KeyJobProgress>
    {
        public void Report(KeyJobProgress value) => list.Add(value);
    }
}
