using System.Text;
using HybridStore.Codec;
using HybridStore.Conformance;

namespace HybridStore.Tests.Keys;

/// <summary>The ring as stores use it: who makes keys, who learns of them, and what a revoked one still opens.</summary>
public sealed class KeyRingStoreTests : IAsyncDisposable
{
    private readonly KeyFixture _fixture = new();
    private readonly FakeProvider _provider = new();

    private static CancellationToken Cancel => KeyFixture.Cancel;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task FirstStart_OfManyProcesses_MakesOneKey()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => _fixture.Open(Provided).Store).ToList();

        await Task.WhenAll(stores.Select(s => Task.Run(() => s.InitializeAsync(Cancel).AsTask(), Cancel)));
        for (var i = 0; i < stores.Count; i++)
            await KeyFixture.WriteAsync(stores[i], KeyFixture.Numbered(i));

        var key = Assert.Single(await stores[0].KeyRing.ListAsync(Cancel), static k => k.Source == "fake");
        Assert.Equal((MasterKeyState.Active, true), (key.State, key.IsAvailable));
        Assert.Equal(TimeSpan.FromDays(90), key.ExpiresAt - key.ActivatesAt);
        Assert.All(await _fixture.NamedAsync(), id => Assert.Equal(key.Id, id));
        Assert.Equal(1, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Ring_InCold_HasNoKeyInTheClear()
    {
        var (store, _) = _fixture.Open(Provided);
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);
        var ring = (await _fixture.Keys.ReadRingAsync(Cancel)).Content.ToArray();
        var text = Encoding.UTF8.GetString(ring);

        Assert.NotEmpty(_provider.Seen);
        foreach (var key in _provider.Seen.Select(Convert.FromHexString))
        {
            Assert.True(ring.AsSpan().IndexOf(key) < 0);
            Assert.DoesNotContain(Convert.ToBase64String(key)[..40], text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(key), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Open_ManySessions_AsksTheProviderOnceForAll()
    {
        var (first, _) = _fixture.Open(Provided);
        for (var i = 0; i < 50; i++)
            await KeyFixture.WriteAsync(first, KeyFixture.Numbered(i));
        await first.KeyRing.RotateAsync(cancellationToken: Cancel);
        await KeyFixture.WriteAsync(first, KeyFixture.Numbered(50));
        var before = _provider.Calls;

        var (second, cold) = _fixture.Open(Provided);
        for (var i = 0; i <= 50; i++)
            Assert.Equal(1, await KeyFixture.ReadAsync(second, KeyFixture.Numbered(i)));
        Assert.Equal(before + 1, _provider.Calls);

        // A session whose keys are cached costs neither the provider nor the ring anything.
        var rings = cold.Probe.Count(TierOperation.ReadRing);
        for (var i = 0; i <= 50; i++)
            Assert.Equal(1, await KeyFixture.ReadAsync(second, KeyFixture.Numbered(i)));
        Assert.Equal((before + 1, rings), (_provider.Calls, cold.Probe.Count(TierOperation.ReadRing)));
    }

    [Fact]
    public async Task Rotate_ThenRewrap_BringsEveryDataKeyUnderTheNewOneAndRewritesNoValue()
    {
        var (store, cold) = _fixture.Open(Provided);
        for (var i = 0; i < 600; i++)
            await KeyFixture.WriteAsync(store, KeyFixture.Numbered(i));
        var envelopes = await _fixture.EnvelopesAsync();
        var old = (await store.KeyRing.ListAsync(Cancel))[0].Id;

        var made = await store.KeyRing.RotateAsync(cancellationToken: Cancel);
        Assert.All(await _fixture.NamedAsync(), id => Assert.Equal(old, id));
        var steps = new List<KeyJobProgress>();
        var report = await store.KeyRing.RewrapAsync(new KeyJobRequest { Progress = new Listed(steps) }, Cancel);

        Assert.Equal((600, 600, 0, 0), (report.Sessions, report.Changed, report.Overtaken, report.Failed));
        Assert.Equal([256L, 512L, 600L], steps.Select(static s => s.Changed));
        Assert.Equal(3, cold.Probe.Count(TierOperation.Rewrap));
        Assert.All(await _fixture.NamedAsync(), id => Assert.Equal(made.Id, id));
        Assert.Equal(envelopes, await _fixture.EnvelopesAsync());
        Assert.Equal([(made.Id, MasterKeyState.Active), (old, MasterKeyState.DecryptOnly)], (await store.KeyRing.ListAsync(Cancel)).Where(static k => k.Source == "fake").Select(static k => (k.Id, k.State)));
        Assert.Equal(0, (await store.KeyRing.RewrapAsync(cancellationToken: Cancel)).Changed);
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open(Provided).Store, KeyFixture.Numbered(599)));
    }

    [Fact]
    public async Task Rewrap_CutShort_GoesOnWhereItWas()
    {
        var (store, cold) = _fixture.Open(Provided);
        for (var i = 0; i < 300; i++)
            await KeyFixture.WriteAsync(store, KeyFixture.Numbered(i));
        var made = await store.KeyRing.RotateAsync(cancellationToken: Cancel);
        KeyJobProgress? reached = null;
        var failing = new Acting(p =>
        {
            reached = p;
            cold.Probe.TakeDown("memory");
        });

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.KeyRing.RewrapAsync(new KeyJobRequest { Progress = failing }, Cancel));
        Assert.Equal((256L, KeyFixture.Numbered(255)), (reached!.Changed, reached.Last));
        Assert.Equal(256, (await _fixture.NamedAsync()).Count(id => id == made.Id));
        cold.Probe.Restore();

        var report = await store.KeyRing.RewrapAsync(new KeyJobRequest { After = reached.Last }, Cancel);
        Assert.Equal((44, 44), (report.Sessions, report.Changed));
        Assert.All(await _fixture.NamedAsync(), id => Assert.Equal(made.Id, id));
    }

    [Fact]
    public async Task Rotate_TwoProcessesAtOnce_BothKeysAreKept()
    {
        var (one, two) = (_fixture.Open(Provided).Store, _fixture.Open(Provided).Store);
        await one.InitializeAsync(Cancel);
        await two.InitializeAsync(Cancel);

        var made = await Task.WhenAll(Task.Run(() => one.KeyRing.RotateAsync(cancellationToken: Cancel).AsTask(), Cancel), Task.Run(() => two.KeyRing.RotateAsync(cancellationToken: Cancel).AsTask(), Cancel));

        var ring = (await one.KeyRing.ListAsync(Cancel)).Where(static k => k.Source == "fake").ToList();
        Assert.Equal(3, ring.Count);
        Assert.Single(ring, static k => k.State == MasterKeyState.Active);
        Assert.All(made, m => Assert.Contains(ring, k => k.Id == m.Id && k.IsAvailable));
        Assert.NotEqual(made[0].Id, made[1].Id);
    }

    [Fact]
    public async Task NextKey_WhenDue_IsMadeOnceAndActiveAfterTheDelay()
    {
        var (one, two) = (_fixture.Open(Provided).Store, _fixture.Open(Provided).Store);
        await KeyFixture.WriteAsync(one, KeyFixture.Numbered(1));
        await two.InitializeAsync(Cancel);
        var first = Assert.Single(await one.KeyRing.ListAsync(Cancel), static k => k.Source == "fake");

        _fixture.Clock.Advance(TimeSpan.FromDays(88));
        await WriteUntilAsync(async () => (await _fixture.Keys.ReadRingAsync(Cancel)).Version == 2, one, two);
        var ring = (await one.KeyRing.ListAsync(Cancel)).Where(static k => k.Source == "fake").ToList();
        Assert.Equal([(first.Id, MasterKeyState.Active), (ring[1].Id, MasterKeyState.Created)], ring.Select(static k => (k.Id, k.State)));

        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(ring[1].Id, (await two.KeyRing.ListAsync(Cancel))[0].Id);
        await KeyFixture.WriteAsync(two, KeyFixture.Numbered(2));
        Assert.Contains(ring[1].Id, await _fixture.NamedAsync());
        Assert.Equal(1, await KeyFixture.ReadAsync(one, KeyFixture.Numbered(2)));
        Assert.Equal(2, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task NextKey_ProcessThatDoesNotRotate_MakesNone()
    {
        await _fixture.Open(Provided).Store.InitializeAsync(Cancel);
        var (reader, _) = _fixture.Open(o =>
        {
            Provided(o);
            o.KeyRing.Rotates = false;
        });
        await reader.InitializeAsync(Cancel);
        _fixture.Clock.Advance(TimeSpan.FromDays(400));

        await KeyFixture.WriteAsync(reader, KeyFixture.Numbered(1));
        Assert.Single(await reader.KeyRing.ListAsync(Cancel), static k => k.Source == "fake");
        Assert.Equal(1, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task UnknownKey_ManyWaitForIt_IsLookedForOnce()
    {
        var (reader, cold) = _fixture.Open(Provided);
        await reader.InitializeAsync(Cancel);
        var (writer, _) = _fixture.Open(Provided);
        await writer.KeyRing.RotateAsync(cancellationToken: Cancel);
        for (var i = 0; i < 40; i++)
            await KeyFixture.WriteAsync(writer, KeyFixture.Numbered(i));
        var rings = cold.Probe.Count(TierOperation.ReadRing);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cold.Probe.Before = o => o == TierOperation.ReadRing ? released.Task : Task.CompletedTask;

        var reads = Enumerable.Range(0, 40).Select(i => Task.Run(() => KeyFixture.ReadAsync(reader, KeyFixture.Numbered(i)), Cancel)).ToList();
        released.SetResult();

        Assert.All(await Task.WhenAll(reads), static v => Assert.Equal(1, v));
        Assert.Equal(rings + 1, cold.Probe.Count(TierOperation.ReadRing));
    }

    [Fact]
    public async Task UnknownKey_InNoRing_IsLookedForOnceInAWhile()
    {
        var (stranger, _) = _fixture.Open();
        for (var i = 0; i < 10; i++)
            await KeyFixture.WriteAsync(stranger, KeyFixture.Numbered(i));
        var (reader, cold) = _fixture.Open(o =>
        {
            o.MasterKey = null;
            Provided(o);
        });
        await reader.InitializeAsync(Cancel);
        var rings = cold.Probe.Count(TierOperation.ReadRing);

        for (var i = 0; i < 10; i++)
            Assert.Equal(MasterKeyFault.Wrong, (await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.ReadAsync(reader, KeyFixture.Numbered(i)))).Fault);
        Assert.Equal(rings + 1, cold.Probe.Count(TierOperation.ReadRing));

        _fixture.Clock.Advance(TimeSpan.FromSeconds(11));
        await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.ReadAsync(reader, KeyFixture.Numbered(0)));
        Assert.Equal(rings + 2, cold.Probe.Count(TierOperation.ReadRing));
    }

    [Fact]
    public async Task Revoked_Key_OpensNothingUntilItsDataKeysAreWrappedAnew()
    {
        var (store, _) = _fixture.Open(Provided);
        await KeyFixture.WriteAsync(store, KeyFixture.Session);
        var old = (await store.KeyRing.ListAsync(Cancel))[0].Id;
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);

        Assert.Equal(MasterKeyState.Revoked, (await store.KeyRing.RevokeAsync(old, Cancel)).State);
        var (other, _) = _fixture.Open(Provided);
        var error = await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.ReadAsync(other, KeyFixture.Session));
        Assert.Equal((MasterKeyFault.Revoked, (AuthSessionId?)KeyFixture.Session), (error.Fault, error.Session));
        Assert.Contains(old, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.WriteAsync(other, KeyFixture.Session, 9));

        Assert.Equal(1, (await other.KeyRing.RewrapAsync(cancellationToken: Cancel)).Changed);
        Assert.Equal(1, await KeyFixture.ReadAsync(other, KeyFixture.Session));
    }

    [Fact]
    public async Task Revoke_WhatIsNotToBeRevoked_IsRefused()
    {
        var (store, _) = _fixture.Open(Provided);
        var active = (await store.KeyRing.ListAsync(Cancel))[0].Id;

        foreach (var id in (string[])[active, "0123456789abcdef", "no id", ""])
            Assert.Equal(MasterKeyFault.NotInRing, (await Assert.ThrowsAsync<MasterKeyException>(async () => await store.KeyRing.RevokeAsync(id, Cancel))).Fault);
        Assert.Equal(1, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
        Assert.Equal(
            MasterKeyFault.NoRing, (await Assert.ThrowsAsync<MasterKeyException>(async () => await _fixture.Open().Store.KeyRing.RevokeAsync(active, Cancel))).Fault);
    }

    [Fact]
    public async Task Delete_KeyThatADataKeyNames_IsRefusedAndNothingIsLost()
    {
        var (store, _) = _fixture.Open(Provided);
        await KeyFixture.WriteAsync(store, KeyFixture.Session);
        var old = (await store.KeyRing.ListAsync(Cancel))[0].Id;
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);

        Assert.Equal(MasterKeyFault.InUse, (await Assert.ThrowsAsync<MasterKeyException>(async () => await store.KeyRing.DeleteAsync(old, Cancel))).Fault);
        _fixture.Clock.Advance(TimeSpan.FromDays(3));
        var error = await Assert.ThrowsAsync<MasterKeyException>(async () => await store.KeyRing.DeleteAsync(old, Cancel));
        Assert.Equal(MasterKeyFault.InUse, error.Fault);
        Assert.Contains("1 wrapped data keys", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open(Provided).Store, KeyFixture.Session));

        await store.KeyRing.RewrapAsync(cancellationToken: Cancel);
        await store.KeyRing.DeleteAsync(old, Cancel);
        Assert.DoesNotContain(await store.KeyRing.ListAsync(Cancel), k => k.Id == old);
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open(Provided).Store, KeyFixture.Session));
    }

    [Fact]
    public async Task Ring_FromANewerVersion_IsATypedErrorAndStaysAsItIs()
    {
        var newer = """{"format":2,"keys":"elsewhere"}"""u8.ToArray();
        Assert.True(await _fixture.Keys.WriteRingAsync(0, newer, Cancel));

        var error = await Assert.ThrowsAsync<MasterKeyException>(async () => await _fixture.Open(Provided).Store.InitializeAsync(Cancel));

        Assert.Equal(MasterKeyFault.RingTooNew, error.Fault);
        Assert.Equal(newer, (await _fixture.Keys.ReadRingAsync(Cancel)).Content.ToArray());
    }

    [Fact]
    public async Task Provider_IsDownAtStart_IsUnavailableAndNamesIt()
    {
        _provider.Failure = new InvalidOperationException("token=secret");
        var (store, _) = _fixture.Open(Provided);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.InitializeAsync(Cancel));
        Assert.Equal("fake", error.Tier);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);

        _provider.Failure = null;
        await KeyFixture.WriteAsync(store, KeyFixture.Session);
        Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Session));
    }

    [Fact]
    public async Task Provider_IsDownLater_EverythingGoesOn()
    {
        var (store, _) = _fixture.Open(Provided);
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(1));
        _provider.Failure = new HttpRequestException("down");
        _fixture.Clock.Advance(TimeSpan.FromDays(100));

        for (var i = 2; i < 6; i++)
        {
            await KeyFixture.WriteAsync(store, KeyFixture.Numbered(i));
            Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Numbered(1)));
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.KeyRing.RotateAsync(cancellationToken: Cancel));
        Assert.Equal(1, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Provider_GivesAnotherKey_IsNotBelieved()
    {
        await KeyFixture.WriteAsync(_fixture.Open(Provided).Store, KeyFixture.Session);
        foreach (var wrong in (Func<byte[], byte[]?>[])[static k => k[..31], static _ => new byte[32], static k => [.. k.Reverse()], static _ => null])
        {
            _provider.OnUnwrap = wrong;
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Open(Provided).Store.InitializeAsync(Cancel));
            Assert.Equal("fake", error.Tier);
        }

        _provider.OnUnwrap = null;
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open(Provided).Store, KeyFixture.Session));
        Assert.Equal(1, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Clock_SetBackADay_MakesNoKeyAndLosesNothing()
    {
        var (store, _) = _fixture.Open(Provided);
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(1));
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(2));
        var ring = (await _fixture.Keys.ReadRingAsync(Cancel)).Version;

        var (behind, _) = _fixture.Open(Provided, new Behind(_fixture.Clock, TimeSpan.FromDays(1)));
        await KeyFixture.WriteAsync(behind, KeyFixture.Numbered(3));

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(1, await KeyFixture.ReadAsync(behind, KeyFixture.Numbered(i)));
            Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Numbered(i)));
        }

        Assert.Equal(ring, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Ring_TurnedOnOverAConfiguredKey_OpensWhatWasThere()
    {
        var (before, _) = _fixture.Open();
        await KeyFixture.WriteAsync(before, KeyFixture.Numbered(1));
        using var configured = MasterKey.Parse(_fixture.MasterKey);

        var (store, _) = _fixture.Open(static o => o.KeyRing.Enabled = true);
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(2));

        Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Numbered(1)));
        var list = await store.KeyRing.ListAsync(Cancel);
        Assert.Equal([("configuration", MasterKeyState.Active), ("configuration", MasterKeyState.DecryptOnly)], list.Select(static k => (k.Source, k.State)));
        Assert.Equal(configured.Id, list[1].Id);
        Assert.Equal(1, (await store.KeyRing.RewrapAsync(cancellationToken: Cancel)).Changed);
        Assert.Equal([list[0].Id, list[0].Id], await _fixture.NamedAsync());
        Assert.Equal(new Dictionary<string, long> { [list[0].Id] = 2 }, await store.KeyRing.CountAsync(Cancel));
    }

    [Fact]
    public async Task ConfiguredKey_OfTheRingIsReplaced_RotateWrapsTheRingUnderTheNewOne()
    {
        var (before, _) = _fixture.Open(static o => o.KeyRing.Enabled = true);
        await KeyFixture.WriteAsync(before, KeyFixture.Session);
        var old = _fixture.MasterKey;
        _fixture.MasterKey = KeyFixture.NewKey();

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Open(static o => o.KeyRing.Enabled = true).Store.InitializeAsync(Cancel));
        var (both, _) = _fixture.Open(o =>
        {
            o.KeyRing.Enabled = true;
            o.PreviousMasterKeys.Add(old);
        });
        await both.KeyRing.RotateAsync(cancellationToken: Cancel);

        var (after, _) = _fixture.Open(static o => o.KeyRing.Enabled = true);
        Assert.Equal(1, await KeyFixture.ReadAsync(after, KeyFixture.Session));
    }

    [Fact]
    public async Task ConfiguredKey_WithoutARing_IsReplacedByPreviousKeysAndRewrap()
    {
        await KeyFixture.WriteAsync(_fixture.Open().Store, KeyFixture.Session);
        var old = _fixture.MasterKey;
        _fixture.MasterKey = KeyFixture.NewKey();
        using var key = MasterKey.Parse(_fixture.MasterKey);

        Assert.Equal(MasterKeyFault.Wrong, (await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.ReadAsync(_fixture.Open().Store, KeyFixture.Session))).Fault);
        var (both, cold) = _fixture.Open(o => o.PreviousMasterKeys.Add(old));
        Assert.Equal(1, await KeyFixture.ReadAsync(both, KeyFixture.Session));
        Assert.Equal([MasterKeyState.Active, MasterKeyState.DecryptOnly], (await both.KeyRing.ListAsync(Cancel)).Select(static k => k.State));
        Assert.Equal(1, (await both.KeyRing.RewrapAsync(cancellationToken: Cancel)).Changed);

        Assert.Equal([key.Id], await _fixture.NamedAsync());
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open().Store, KeyFixture.Session));
        Assert.Equal(0, cold.Probe.Count(TierOperation.ReadRing));
        Assert.Equal(0, (await _fixture.Keys.ReadRingAsync(Cancel)).Version);
        Assert.Equal(MasterKeyFault.NoRing, (await Assert.ThrowsAsync<MasterKeyException>(async () => await both.KeyRing.RotateAsync(cancellationToken: Cancel))).Fault);
    }

    [Fact]
    public async Task Rewrap_DataKeyThatDoesNotOpen_IsNamedAndTheOthersGoOn()
    {
        await KeyFixture.WriteAsync(_fixture.Open().Store, KeyFixture.Numbered(1));
        var (store, _) = _fixture.Open(o =>
        {
            o.MasterKey = null;
            Provided(o);
        });
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(2));
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);

        var report = await store.KeyRing.RewrapAsync(cancellationToken: Cancel);

        Assert.Equal((2, 1, 1), (report.Sessions, report.Changed, report.Failed));
        Assert.Equal(new KeyJobFailure(KeyFixture.Numbered(1), "Wrong"), Assert.Single(report.Failures));
    }

    private void Provided(EncryptionOptions options) => options.UseMasterKeyProvider(_provider);

    // What is too old is read again behind the call that finds it so.
    private static async Task WriteUntilAsync(Func<Task<bool>> done, params HybridAuthStore[] stores)
    {
        for (var i = 100; !await done(); i++)
        {
            await KeyFixture.WriteAsync(stores[i % stores.Length], KeyFixture.Numbered(i));
            await Task.Yield();
        }
    }

    private sealed class Listed(List<KeyJobProgress> list) : IProgress<KeyJobProgress>
    {
        public void Report(KeyJobProgress value) => list.Add(value);
    }

    private sealed class Acting(Action<KeyJobProgress> act) : IProgress<KeyJobProgress>
    {
        public void Report(KeyJobProgress value) => act(value);
    }

    private sealed class Behind(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() - by;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
    }
}
