using HybridStore.Audit;
using HybridStore.Codec;
using HybridStore.Conformance.Leaks;
using HybridStore.Tests.Outbox;
using HybridStore.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Audit;

/// <summary>What is to be recorded is recorded before it is done, or not done; and it tells of no value.</summary>
public sealed class AuditedStoreTests
{
    public static TheoryData<AuditKind> Kinds => AuditedActions.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Action_OfEachKind_IsRecordedBeforeItIsDoneAndAtItsEnd(AuditKind kind)
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail).Actor = "ana@desk");
        var act = await actions.PrepareAsync(kind);
        var before = trail.Entries.Count;
        var doneAtBegin = true;
        var snapshot = await actions.SnapshotAsync();
        trail.Refuses = e =>
        {
            if (e.Kind == kind && e.Outcome == AuditOutcome.Begun)
                doneAtBegin = actions.SnapshotAsync().GetAwaiter().GetResult() != snapshot;
            return false;
        };

        if (kind == AuditKind.OutboxDiscarded)
            await Assert.ThrowsAsync<CommitConflictException>(act);
        else
            await act();

        Assert.False(doneAtBegin);
        var entries = trail.Entries.Skip(before).Where(e => e.Kind == kind).ToList();
        AuditOutcome[] expected = kind switch
        {
            AuditKind.SessionOpened => [AuditOutcome.Begun],
            AuditKind.OutboxDiscarded => [AuditOutcome.Begun, AuditOutcome.Failed],
            _ => [AuditOutcome.Begun, AuditOutcome.Done],
        };
        Assert.Equal(expected, entries.Select(static e => e.Outcome));
        Assert.Single(entries.Select(static e => e.Action).Distinct());
        Assert.All(entries, e => Assert.Equal(("ana@desk", Environment.ProcessId, actions.Clock.GetUtcNow()), (e.Actor, e.ProcessId, e.At)));
        var begun = entries[0];
        if (begun.Key is null && kind != AuditKind.BackupWritten)
            Assert.Equal(("clinic", kind == AuditKind.SessionImported ? "new" : "reception"), (begun.Tenant, begun.Session));
        if (kind is AuditKind.MasterKeyMade or AuditKind.MasterKeyRevoked or AuditKind.MasterKeyDeleted or AuditKind.DataKeysRewrapped)
            Assert.Equal(16, begun.Key!.Length);
        if (kind == AuditKind.BackupWritten)
            Assert.Equal(("clinic", null, "withDataKeys", 1L, 2L), (begun.Tenant, begun.Session, begun.Detail, entries[^1].Sessions, entries[^1].Records));
        if (kind == AuditKind.SessionExported)
            Assert.Equal((1L, 1L, 2L), (begun.Incarnation, begun.Version, entries[^1].Records));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Action_ThatCantBeRecorded_IsRefusedWithNothingDone(AuditKind kind)
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        var act = await actions.PrepareAsync(kind);
        var before = await actions.SnapshotAsync();
        trail.Refuses = e => e.Kind == kind;

        var e = await Assert.ThrowsAsync<AuditTrailException>(act);

        Assert.Equal(kind, e.Kind);
        Assert.DoesNotContain(ListTrail.Password, e.Message, StringComparison.Ordinal);
        Assert.Contains(AuditLine.Name(kind), e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await actions.SnapshotAsync());
        Assert.DoesNotContain(trail.Entries, x => x.Kind == kind && x.Outcome == AuditOutcome.Failed);

        // And nothing stands in its way when the trail is there again.
        trail.Refuses = static _ => false;
        if (kind == AuditKind.OutboxDiscarded)
            await Assert.ThrowsAsync<CommitConflictException>(act);
        else
            await act();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Action_ThatCantBeRecorded_IsDoneWhereThatIsChosen(AuditKind kind)
    {
        var trail = new ListTrail { Refuses = static _ => true };
        await using var actions = new AuditedActions(o => o.UseTrail(trail).OnFailure = AuditFailurePolicy.Log);

        var act = await actions.PrepareAsync(kind);

        if (kind == AuditKind.OutboxDiscarded)
            await Assert.ThrowsAsync<CommitConflictException>(act);
        else
            await act();
    }

    [Fact]
    public async Task Open_WhoseEndCantBeRecorded_IsClosedAllTheSame()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        var session = await actions.Store.OpenAsync(actions.Session, Cancel);
        trail.Refuses = static e => e.Kind == AuditKind.SessionClosed;

        await session.DisposeAsync();

        await (await actions.Store.OpenAsync(actions.Session, Cancel)).DisposeAsync();
    }

    [Fact]
    public async Task Open_ThatFails_SaysWhy()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        await using var session = await actions.Store.OpenAsync(actions.Session, Cancel);

        await Assert.ThrowsAsync<SessionHeldException>(async () => await actions.Store.OpenAsync(actions.Session, Cancel));

        Assert.Equal(
            [(AuditOutcome.Begun, null), (AuditOutcome.Begun, null), (AuditOutcome.Failed, nameof(SessionHeldException))],
            trail.Entries.Where(static e => e.Kind == AuditKind.SessionOpened).Select(static e => (e.Outcome, e.Detail)));
    }

    [Fact]
    public async Task Close_Session_IsRecorded()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));

        await (await actions.Store.OpenAsync(actions.Session, Cancel)).DisposeAsync();

        Assert.Equal((AuditKind.SessionClosed, AuditOutcome.Done, "reception"), trail.Entries[^1] is var e ? (e.Kind, e.Outcome, e.Session) : default);
    }

    [Fact]
    public async Task Enumerate_CutShort_SaysHowFarItCame()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        await actions.PrepareAsync(AuditKind.SessionExported);

        await foreach (var _ in actions.Store.EnumerateAsync(actions.Session, cancellationToken: Cancel))
            break;

        Assert.Equal((AuditKind.SessionExported, AuditOutcome.Failed, 1L), trail.Entries[^1] is var e ? (e.Kind, e.Outcome, e.Records) : default);
    }

    [Fact]
    public async Task ReadsAndCommits_AreNotRecorded()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        await actions.PrepareAsync(AuditKind.SessionOpened);
        var before = trail.Entries.Count;
        trail.Refuses = static _ => true;

        await actions.Store.GetAsync(actions.Session, new AuthKey("session", AuditedActions.PhoneNumber), Cancel);
        await StoreFixture.ToListAsync(actions.Store.EnumerateAsync(actions.Session, "session", Cancel));
        await StoreFixture.ToListAsync(actions.Store.VerifyAsync(actions.Session, Cancel));
        await actions.Store.CommitAsync(actions.Session, Put(A, 1), Cancel);

        Assert.Equal(before, trail.Entries.Count);
    }

    [Fact]
    public async Task KeyMadeByItself_IsRecordedAsSuch()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        await actions.Store.InitializeAsync(Cancel);

        Assert.Equal(
            [(AuditOutcome.Begun, "byItself"), (AuditOutcome.Done, "byItself")],
            trail.Entries.Where(static e => e.Kind == AuditKind.MasterKeyMade).Select(static e => (e.Outcome, e.Detail)));
    }

    [Fact]
    public async Task KeyMadeByItself_ThatCantBeRecorded_IsNotMadeAndBotsGoOn()
    {
        var trail = new ListTrail();
        await using var actions = new AuditedActions(o => o.UseTrail(trail));
        await actions.PrepareAsync(AuditKind.SessionOpened);
        var keys = (await actions.Store.KeyRing.ListAsync(Cancel)).Count;
        trail.Refuses = static e => e.Kind == AuditKind.MasterKeyMade;
        actions.Clock.Advance(TimeSpan.FromDays(100));

        for (var i = 0; i < 3; i++)
        {
            await (await actions.Store.OpenAsync(actions.Session, Cancel)).DisposeAsync();
            await actions.Store.CommitAsync(new AuthSessionId("clinic", $"{i}"), Put(A, 1), Cancel);
        }

        Assert.Equal(keys, (await actions.Store.KeyRing.ListAsync(Cancel)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_OfAllActions_IsIntactAndTellsNoSecret(bool keyed)
    {
        using var fixture = new AuditFixture();
        var key = keyed ? AuditFixture.NewKey() : null;
        var secrets = new LeakDetector();
        foreach (var kind in Kinds.Select(static k => k.Data))
        {
            await using var actions = new AuditedActions(o => (o.File, o.Key) = (fixture.Path, key));
            var act = await actions.PrepareAsync(kind);
            if (kind == AuditKind.OutboxDiscarded)
                await Assert.ThrowsAsync<CommitConflictException>(act);
            else
                await act();
            Assert.True(secrets.Add("a value", actions.Value));
            Assert.True(secrets.Add("the master key", Convert.FromBase64String(actions.MasterKey)));
            Assert.True(secrets.Add("the id of a record", AuditedActions.PhoneNumber));
        }

        if (key is not null)
            Assert.True(secrets.Add("the audit key", Convert.FromBase64String(key)));
        var verified = await fixture.VerifyAsync(key);
        Assert.Null(verified.Fault);
        Assert.Equal(fixture.Lines().Length, verified.Lines);
        Assert.Empty(Kinds.Select(static k => AuditLine.Name(k.Data)).Except(fixture.Read().Select(static l => l.Kind)));
        var bytes = await File.ReadAllBytesAsync(fixture.Path, Cancel);
        Assert.Null(secrets.Find(bytes));
        Assert.DoesNotContain(AuditedActions.PhoneNumber, System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WhereTheFileCantBe_LeavesTheSessionToOthers()
    {
        using var fixture = new AuditFixture();
        await using var queue = new QueueFixture();
        var store = queue.Start(o => o.Audit.File = Path.Join(fixture.Folder, "missing", "audit.jsonl")).Store;

        var e = await Assert.ThrowsAsync<AuditTrailException>(async () => await store.OpenAsync(queue.Session, Cancel));

        Assert.Contains("missing", e.Message, StringComparison.Ordinal);
        Assert.Equal((AuditKind.SessionOpened, queue.Session), (e.Kind, e.Session!.Value));
        await (await queue.Start().Store.OpenAsync(queue.Session, Cancel)).DisposeAsync();
    }

    [Theory]
    [InlineData(AuditFailurePolicy.Refuse)]
    [InlineData(AuditFailurePolicy.Log)]
    public async Task Start_OfAHostWhereTheFileCantBe_FailsUnlessThatIsChosen(AuditFailurePolicy policy)
    {
        using var fixture = new AuditFixture();
        var services = new ServiceCollection();
        services.AddHybridAuthStore(o =>
        {
            o.Encryption.MasterKey = AuditFixture.NewKey();
            o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
            (o.Cold, o.Hot) = ("memory:volatile", "none");
            (o.Audit.File, o.Audit.OnFailure) = (Path.Join(fixture.Folder, "missing", "audit.jsonl"), policy);
        });
        await using var provider = services.BuildServiceProvider();
        var start = () => provider.GetServices<IHostedService>().Single().StartAsync(Cancel);

        if (policy == AuditFailurePolicy.Log)
            await start();
        else
            await Assert.ThrowsAsync<AuditTrailException>(start);
    }
}
