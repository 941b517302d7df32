using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Migration;
using HybridStore.Tiers;
using static HybridStore.Tests.Migration.MigrationFixture;

namespace HybridStore.Tests.Migration;

/// <summary>What a migration copies, and whom it lets in where.</summary>
public sealed class ColdMigrationTests : IAsyncDisposable
{
    private readonly MigrationFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Run_SessionsOfTwoTenants_AreCopiedExactly()
    {
        var store = _fixture.Start(_fixture.A);
        foreach (var session in (AuthSessionId[])[Session, Other, Foreign])
            await FillAsync(store, session);

        var report = await _fixture.MigrateAsync();

        Assert.True(report.IsComplete);
        Assert.Equal([Session, Other, Foreign], report.Sessions.Select(s => s.Id));
        Assert.All(report.Sessions, s => Assert.Equal((MigrationOutcome.Copied, 1, 3, 4, 64), (s.Outcome, s.Incarnation, s.Version, s.Records, s.Digest.Length)));
        Assert.Equal(12, report.RecordsCopied);
        foreach (var session in (AuthSessionId[])[Session, Other, Foreign])
            Assert.Equal(await ContentAsync(_fixture.A, session), await ContentAsync(_fixture.B, session));
    }

    [Fact]
    public async Task Run_SessionsWithSeveralDataKeys_AreCopiedWithAllOfThemAndOpen()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        await FillAsync(store, Other);
        await store.KeyRing.ReencryptAsync(new KeyJobRequest { Session = Session, NewDataKeys = true }, Cancel);
        Assert.True((await _fixture.MigrateAsync()).IsComplete);

        // One more while the copy is there already, and a record under it.
        await store.KeyRing.ReencryptAsync(new KeyJobRequest { Session = Other, NewDataKeys = true }, Cancel);
        await store.CommitAsync(Session, new AuthPatch().Set("session", "5511.1", Value(7)), Cancel);
        await store.CommitAsync(Other, new AuthPatch().Set("session", "5511.0", Value(7)).Set("pre-key", "2", Value(7)).Set("unknown-type", "x ☎", Value(7))
            .Set("app-state-sync-version", "regular", Value(7)), Cancel);
        Assert.True((await _fixture.MigrateAsync()).IsComplete);

        foreach (var session in (AuthSessionId[])[Session, Other])
        {
            var (from, to) = (await _fixture.A.ReadAsync(session, [], true, Cancel), await _fixture.B.ReadAsync(session, [], true, Cancel));
            Assert.Equal(2, to.DataKeys.Count);
            Assert.Equal(from.DataKeys.Select(static k => (k.Id, Convert.ToHexString(k.Bytes.Span))), to.DataKeys.Select(static k => (k.Id, Convert.ToHexString(k.Bytes.Span))));
            await foreach (var check in _fixture.Start(_fixture.B).VerifyAsync(session, Cancel))
                Assert.Null(check.Fault);
        }
    }

    [Fact]
    public async Task Run_OfATenantOrASession_LeavesOthersAlone()
    {
        var store = _fixture.Start(_fixture.A);
        foreach (var session in (AuthSessionId[])[Session, Other, Foreign])
            await FillAsync(store, session);

        Assert.Equal([Foreign], (await _fixture.MigrateAsync(configure: o => o.Tenant = "salon")).Sessions.Select(s => s.Id));
        Assert.Equal([Other], (await _fixture.MigrateAsync(configure: o => o.Session = Other)).Sessions.Select(s => s.Id));

        Assert.Null((await _fixture.B.ReadAsync(Session, [], false, Cancel)).Head);
        Assert.NotNull((await _fixture.B.ReadAsync(Other, [], false, Cancel)).Head);
    }

    [Fact]
    public async Task Run_Again_CopiesOnlyWhatChanged()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        await FillAsync(store, Other);
        await _fixture.MigrateAsync();
        await store.CommitAsync(Other, new AuthPatch().Set("session", "new", Value(8)).Delete("session", "5511.0"), Cancel);

        var report = await _fixture.MigrateAsync();

        Assert.Equal((true, 2, 4), (report.IsComplete, report.RecordsCopied, report.Sessions.Single(s => s.Id == Other).Version));
        Assert.Equal(await ContentAsync(_fixture.A, Other), await ContentAsync(_fixture.B, Other));
        Assert.Equal(0, (await _fixture.MigrateAsync()).RecordsCopied);
    }

    [Fact]
    public async Task Run_BotCommitsAtEveryStep_IsCaughtUpWithInTheEnd()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        var commits = 0;
        _fixture.A.Probe.After = async operation =>
        {
            if (operation == TierOperation.Enumerate && commits < 4)
                await store.CommitAsync(Session, new AuthPatch().Set("session", $"{commits++}", Value(7)).Delete("session", $"{commits - 2}"), Cancel);
        };

        var report = await _fixture.MigrateAsync();

        Assert.Equal((4, true, 7), (commits, report.IsComplete, report.Sessions[0].Version));
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));
    }

    [Fact]
    public async Task Run_BotNeverRests_SaysSoAndASwitchIsShort()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        var commits = 0;
        _fixture.A.Probe.After = async operation =>
        {
            if (operation == TierOperation.Enumerate)
                await store.CommitAsync(Session, new AuthPatch().Set("session", "busy", Value((byte)++commits)), Cancel);
        };

        var busy = await _fixture.MigrateAsync();
        _fixture.A.Probe.Restore();
        var report = await _fixture.MigrateAsync(@switch: true);

        Assert.Equal((false, MigrationOutcome.Changing), (busy.IsComplete, busy.Sessions[0].Outcome));
        Assert.Equal((true, MigrationOutcome.Switched), (report.IsComplete, report.Sessions[0].Outcome));
        Assert.InRange(report.RecordsCopied, 0, 1);
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));
    }

    [Fact]
    public async Task Copied_BotOfTheTarget_IsKeptOutUntilTheSwitch()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        await _fixture.MigrateAsync();
        var target = _fixture.Start(_fixture.B);

        var held = await Assert.ThrowsAsync<SessionHeldException>(async () => await target.OpenAsync(Session, Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await target.CommitAsync(Session, new AuthPatch().Set("session", "x", Value(1)), Cancel));

        Assert.Contains(ColdMigration.Holder, held.Message, StringComparison.Ordinal);
        await using (var bot = await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel))
            await bot.CommitAsync(new AuthPatch().Set("session", "x", Value(1)), Cancel);
    }

    [Fact]
    public async Task Switched_BotOfTheTarget_GoesOnAndOneOfTheSourceIsKeptOut()
    {
        var source = _fixture.Start(_fixture.A);
        await FillAsync(source, Session);
        for (var i = 0; i < 5; i++)
        {
            await using var opened = await source.OpenAsync(Session, Cancel);
        }

        var report = await _fixture.MigrateAsync(@switch: true);

        Assert.True(report.IsComplete);
        var held = await Assert.ThrowsAsync<SessionHeldException>(async () => await source.OpenAsync(Session, Cancel));
        Assert.Contains(ColdMigration.Holder, held.Message, StringComparison.Ordinal);
        _fixture.Clock.Advance(TimeSpan.FromDays(365));
        await Assert.ThrowsAsync<SessionHeldException>(async () => await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await _fixture.Start(_fixture.A).CommitAsync(Session, new AuthPatch().Set("session", "x", Value(1)), Cancel));
        var formerEpoch = (await _fixture.A.ReadAsync(Session, [], false, Cancel)).Head!.Epoch;
        await using var bot = await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel);
        Assert.False(bot.IsRolledBack);
        Assert.Equal(Value(5), (await bot.GetAsync("pre-key", ["2"], Cancel)).Single().Value.ToArray());
        Assert.Equal(4, (await bot.CommitAsync(new AuthPatch().Set("session", "x", Value(1)), Cancel)).Version);
        Assert.True((await _fixture.B.ReadAsync(Session, [], false, Cancel)).Head!.Epoch > formerEpoch, "A hot tier that knows the source's epochs would refuse this one.");
    }

    [Fact]
    public async Task Switch_BotHoldsTheSession_WaitsUntilItCloses()
    {
        var source = _fixture.Start(_fixture.A);
        await FillAsync(source, Session);
        var bot = await source.OpenAsync(Session, Cancel);

        var held = await _fixture.MigrateAsync(@switch: true);
        var migration = _fixture.MigrateAsync(@switch: true, o => o.SwitchTimeout = Timeout.InfiniteTimeSpan).AsTask();
        while (!_fixture.Clock.HasDelay)
            await Task.Yield();
        await bot.CommitAsync(new AuthPatch().Set("session", "late", Value(6)), Cancel);
        await bot.DisposeAsync();
        while (!migration.IsCompleted)
        {
            if (_fixture.Clock.HasDelay)
                _fixture.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        Assert.Equal((false, MigrationOutcome.Held), (held.IsComplete, held.Sessions[0].Outcome));
        Assert.NotNull(held.Sessions[0].Holder);
        Assert.Equal((true, 4), ((await migration).IsComplete, (await migration).Sessions[0].Version));
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));
    }

    [Fact]
    public async Task Switch_CommitsMayBeQueued_LeavesTheSessionUntilTheyAreDrained()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        var dead = await _fixture.A.Leases.AcquireAsync(new LeaseRequest(Session, "a bot that is gone", TimeSpan.FromSeconds(1), MayQueue: true), Cancel);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        var queued = await _fixture.MigrateAsync(@switch: true);
        var drained = await _fixture.MigrateAsync(@switch: true, o => o.Drain = async _ =>
            Assert.True(await _fixture.A.Leases.ReleaseAsync(new LeaseRef(Session, dead.Epoch), drained: true, Cancel)));

        Assert.Equal((false, MigrationOutcome.Queued), (queued.IsComplete, queued.Sessions[0].Outcome));
        Assert.Equal((true, MigrationOutcome.Switched), (drained.IsComplete, drained.Sessions[0].Outcome));
    }

    [Fact]
    public async Task Switch_AgainAfterTheBotWentOn_LeavesItAlone()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        await _fixture.MigrateAsync(@switch: true);
        var idle = await _fixture.MigrateAsync(@switch: true);
        await using var bot = await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel);
        var unwritten = await _fixture.MigrateAsync(@switch: true);
        await bot.CommitAsync(new AuthPatch().Set("session", "x", Value(1)), Cancel);

        var again = await _fixture.MigrateAsync(@switch: true);
        var copying = await _fixture.MigrateAsync();

        Assert.All([idle, unwritten, again, copying], r => Assert.Equal((true, MigrationOutcome.Switched), (r.IsComplete || r == copying, r.Sessions[0].Outcome)));
        Assert.Equal(5, (await bot.CommitAsync(new AuthPatch().Set("session", "y", Value(1)), Cancel)).Version);
    }

    [Fact]
    public async Task Switch_ThereAndBack_TheFirstStoreGoesOn()
    {
        var first = _fixture.Start(_fixture.A);
        await FillAsync(first, Session);
        await _fixture.MigrateAsync(@switch: true);
        await using (var bot = await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel))
            await bot.CommitAsync(new AuthPatch().Set("session", "there", Value(1)), Cancel);

        var report = await _fixture.MigrateAsync(@switch: true, back: true);

        Assert.True(report.IsComplete);
        Assert.Equal(await ContentAsync(_fixture.B, Session), await ContentAsync(_fixture.A, Session));
        await Assert.ThrowsAsync<SessionHeldException>(async () => await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel));
        await using var back = await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel);
        Assert.Equal(5, (await back.CommitAsync(new AuthPatch().Set("session", "here", Value(2)), Cancel)).Version);
    }

    [Fact]
    public async Task Run_SessionDeletedInTheSource_IsEndedInTheTarget()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        await FillAsync(store, Other);
        await _fixture.MigrateAsync();
        await store.DeleteSessionAsync(Session, Cancel);

        var report = await _fixture.MigrateAsync();

        Assert.True(report.IsComplete);
        Assert.Equal([(Other, MigrationOutcome.Copied), (Session, MigrationOutcome.Ended)], report.Sessions.Select(s => (s.Id, s.Outcome)));
        var ended = await _fixture.B.ReadAsync(Session, [], true, Cancel);
        Assert.Equal((null, 1, 0), (ended.Head, ended.LastEndedIncarnation, ended.DataKeys.Count));
    }

    [Fact]
    public async Task Run_SessionDeletedWhileItIsCopied_IsNotLeftBehind()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        var deleted = false;
        _fixture.B.Probe.After = async operation =>
        {
            if (operation != TierOperation.Commit || deleted)
                return;
            deleted = true;
            await store.DeleteSessionAsync(Session, Cancel);
        };

        var report = await _fixture.MigrateAsync();

        Assert.True(deleted);
        Assert.Equal([(Session, MigrationOutcome.Ended)], report.Sessions.Select(s => (s.Id, s.Outcome)));
        Assert.Equal(1, (await _fixture.B.ReadAsync(Session, [], false, Cancel)).LastEndedIncarnation);
    }

    [Fact]
    public async Task Run_SessionMadeAgainInTheSource_IsTheSameLifeInTheTarget()
    {
        var store = _fixture.Start(_fixture.A);
        for (var life = 1; life <= 3; life++)
        {
            await FillAsync(store, Session);
            if (life == 2)
                await _fixture.MigrateAsync();
            if (life < 3)
                await store.DeleteSessionAsync(Session, Cancel);
        }

        var report = await _fixture.MigrateAsync(@switch: true);

        Assert.Equal((true, 3), (report.IsComplete, report.Sessions[0].Incarnation));
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));
        await using var bot = await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel);
        Assert.Equal(Value(5), (await bot.GetAsync("pre-key", ["2"], Cancel)).Single().Value.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TargetHasASessionOfItsOwn_IsLeftAlone(bool @switch)
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        var target = _fixture.Start(_fixture.B);
        await target.CommitAsync(Session, new AuthPatch().Set("session", "own", Value(1)), Cancel);
        await target.CommitAsync(Foreign, new AuthPatch().Set("session", "own", Value(1)), Cancel);
        var before = await ContentAsync(_fixture.B, Session) + await ContentAsync(_fixture.B, Foreign);

        var report = await _fixture.MigrateAsync(@switch);

        Assert.Equal((false, MigrationOutcome.Taken), (report.IsComplete, Assert.Single(report.Sessions).Outcome));
        Assert.Equal(before, await ContentAsync(_fixture.B, Session) + await ContentAsync(_fixture.B, Foreign));
        await using (await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel))
        await using (await _fixture.Start(_fixture.B).OpenAsync(Session, Cancel))
        {
        }
    }

    [Fact]
    public async Task Run_SessionOfTheTargetThatTheSourceOnceHad_IsNotDeleted()
    {
        var source = _fixture.Start(_fixture.A);
        await FillAsync(source, Session);
        await source.DeleteSessionAsync(Session, Cancel);
        await FillAsync(_fixture.Start(_fixture.B), Session);

        var report = await _fixture.MigrateAsync();

        Assert.Empty(report.Sessions);
        Assert.NotNull((await _fixture.B.ReadAsync(Session, [], false, Cancel)).Head);
    }

    [Fact]
    public async Task Run_LifeThatEndedInTheTarget_DoesNotComeBack()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        await _fixture.MigrateAsync(@switch: true);
        await _fixture.Start(_fixture.B).DeleteSessionAsync(Session, Cancel);

        var report = await _fixture.MigrateAsync(@switch: true);

        Assert.Equal(MigrationOutcome.Switched, Assert.Single(report.Sessions).Outcome);
        Assert.Null((await _fixture.B.ReadAsync(Session, [], false, Cancel)).Head);
    }

    [Fact]
    public async Task Run_RolledBackSession_SaysSoInTheTarget()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        await MarkAsync(RollbackChange.Set, 3, (1L << 32) + 3);
        await _fixture.MigrateAsync();
        var set = await ContentAsync(_fixture.B, Session);
        var expected = await ContentAsync(_fixture.A, Session);
        await MarkAsync(RollbackChange.Clear, (1L << 32) + 3, (1L << 32) + 4);

        var cleared = await _fixture.MigrateAsync();

        Assert.Equal(expected, set);
        Assert.True(cleared.IsComplete);
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));

        async Task MarkAsync(RollbackChange change, long before, long after)
        {
            var key = (await _fixture.A.ReadAsync(Session, [], true, Cancel)).DataKeys[0].Id;
            var patch = new SealedPatch { CommitId = CommitId.New(), Predecessor = before, Version = after, Changes = [] };
            var result = await _fixture.A.CommitAsync(new ColdCommit { Session = Session, Incarnation = 1, SealedWith = key, Rollback = change, Patches = [patch] }, Cancel);
            Assert.Equal(ColdCommitStatus.Committed, result.Status);
        }
    }

    [Fact]
    public async Task Run_LargeSession_IsCopiedInPartsThatLeadThere()
    {
        var store = _fixture.Start(_fixture.A);
        var random = new Random(7);
        for (var i = 0; i < 6; i++)
        {
            var patch = new AuthPatch();
            for (var j = 0; j < 20; j++)
            {
                var value = new byte[100_000];
                random.NextBytes(value);
                patch.Set("session", $"{i}-{j}", value);
            }

            await store.CommitAsync(Session, patch, Cancel);
        }

        var report = await _fixture.MigrateAsync();

        Assert.True(report.IsComplete);
        Assert.InRange(_fixture.B.Probe.Count(TierOperation.Commit), 2, 6);
        Assert.Equal(await ContentAsync(_fixture.A, Session), await ContentAsync(_fixture.B, Session));
    }

    [Fact]
    public async Task Run_DifferencePlantedInTheTarget_IsFoundAndNotSwitched()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        await _fixture.MigrateAsync();
        var content = ((InMemoryColdTier)_fixture.B.Inner).Content;
        var copy = content[Session];
        var records = copy.Records.ToBuilder();
        var session = records.Single(r => r.Key.Type == "session");
        var flipped = session.Envelope.ToArray();
        flipped[^1] ^= 1;
        records.Remove(session);
        records.Add(session with { Envelope = flipped });
        records.Remove(records.Single(r => r.Key.Type == "pre-key"));
        records.Add(new SealedRecord(new AuthKey("zzz", "1"), 2, new byte[30]));
        var version = records.Single(r => r.Key.Type == "unknown-type");
        records.Remove(version);
        records.Add(version with { Version = 2 });
        ((InMemoryColdTier)_fixture.B.Inner).Content = content.SetItem(Session, copy with { Records = records.ToImmutable() });

        var compared = await _fixture.MigrateAsync();
        var switched = await _fixture.MigrateAsync(@switch: true);

        Assert.All([compared, switched], r =>
        {
            Assert.False(r.IsComplete);
            Assert.Equal(MigrationOutcome.Different, r.Sessions[0].Outcome);
            Assert.Equal(
                [
                    (MigrationDifferenceKind.RecordMissing, "pre-key"), (MigrationDifferenceKind.Envelope, "session"),
                    (MigrationDifferenceKind.RecordVersion, "unknown-type"), (MigrationDifferenceKind.RecordAdded, "zzz"),
                ],
                r.Sessions[0].Differences.Select(d => (d.Kind, d.Key!.Value.Type)));
        });
        await using var bot = await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel);
    }

    [Fact]
    public async Task Run_SourceWithoutADataKey_SaysSoAndCopiesTheOthers()
    {
        var store = _fixture.Start(_fixture.A);
        await FillAsync(store, Session);
        await FillAsync(store, Other);
        var content = ((InMemoryColdTier)_fixture.A.Inner).Content;
        ((InMemoryColdTier)_fixture.A.Inner).Content = content.SetItem(Session, content[Session] with { DataKeys = [] });

        var report = await _fixture.MigrateAsync(@switch: true);

        Assert.Equal([(Session, MigrationOutcome.Different), (Other, MigrationOutcome.Switched)], report.Sessions.Select(s => (s.Id, s.Outcome)));
        Assert.Equal(MigrationDifferenceKind.DataKeys, Assert.Single(report.Sessions[0].Differences).Kind);
    }

    [Fact]
    public async Task Run_BothAreOneStore_IsRefused()
    {
        await FillAsync(_fixture.Start(_fixture.A), Session);
        var same = new Conformance.FaultyColdTier(_fixture.A.Inner, disposesInner: false);

        await Assert.ThrowsAsync<ArgumentException>(async () => await new ColdMigration(_fixture.A, same, null, _fixture.Clock).RunAsync(Cancel));

        await using var bot = await _fixture.Start(_fixture.A).OpenAsync(Session, Cancel);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ColdMigration(_fixture.A, _fixture.B, new ColdMigrationOptions { MaxRounds = 0 }));
        Assert.Throws<ArgumentException>(() => new ColdMigration(_fixture.A, _fixture.B, new ColdMigrationOptions { PollInterval = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => new ColdMigration(_fixture.A, _fixture.B, new ColdMigrationOptions { SwitchTimeout = TimeSpan.FromSeconds(-5) }));
        Assert.Throws<ArgumentException>(() => new ColdMigration(_fixture.A, _fixture.B, new ColdMigrationOptions { Tenant = "a", Session = Session }));
    }
}
