using HybridStore.InMemory;
using HybridStore.Tests.Support;

namespace HybridStore.Tests.Erasure;

/// <summary>What an erasure leaves, and what its report says where something could not be reached.</summary>
public class ErasureTests
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");

    private static CancellationToken Cancel => StoreFixture.Cancel;

    [Fact]
    public async Task EraseAsync_Session_CountsWhatWasThereAndLooksEverywhere()
    {
        await using var fixture = new StoreFixture { Options = o => o.History.MaxVersions = 10 };
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        await WriteAsync(store, fixture.Session, 2);
        await store.CommitAsync(fixture.Session, new AuthPatch().Set("pre-key", "1", new byte[] { 1 }), Cancel);

        var versions = (await StoreFixture.ToListAsync(store.History.ListAsync(fixture.Session, Cancel))).Count;
        Assert.True(versions > 1);

        var report = await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.Equal((fixture.Session, fixture.Time.GetUtcNow(), true, true), (report.Session, report.ErasedAt, report.Existed, report.IsComplete));
        Assert.Equal((1L, 3L, 2L, (long)versions, 1), (report.Incarnation, report.LastVersion, report.Records, report.FormerVersions, report.DataKeys));
        Assert.Equal(["pre-key", "session"], report.Types.Select(t => t.Type));
        Assert.Equal(["sqlite", "memory", "process"], report.Places.Select(p => p.Place));
        Assert.Null(await store.FindSessionAsync(fixture.Session, Cancel));
        Assert.False((await store.GetAsync(fixture.Session, A, Cancel)).Exists);
    }

    [Fact]
    public async Task EraseAsync_SessionThatIsGoneAlready_SaysSoWithTheLifeThatEnded()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        await store.DeleteSessionAsync(fixture.Session, Cancel);

        var report = await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.Equal((false, 1L, 1L, 0L, 0, true), (report.Existed, report.Incarnation, report.LastVersion, report.Records, report.DataKeys, report.IsComplete));
    }

    [Fact]
    public async Task EraseAsync_KeysInMemory_AreCleared()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        var key = store.KeyBytesOf(fixture.Session);
        Assert.Contains(key, b => b != 0);

        await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.All(key, b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task EraseAsync_HotIsDown_IsNotCompleteUntilItWasErasedThereToo()
    {
        await using var fixture = new StoreFixture();
        var (store, _, hot) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        await store.GetAsync(fixture.Session, A, Cancel);
        hot.IsDown = true;

        var first = await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.False(first.IsComplete);
        Assert.Equal([("sqlite", ErasureOutcome.Erased), ("memory", ErasureOutcome.NotReached), ("process", ErasureOutcome.Erased)], first.Places.Select(p => (p.Place, p.Outcome)));

        hot.IsDown = false;
        Assert.NotNull((await hot.ReadAsync(fixture.Session, [A], withDataKeys: true, Cancel)).Meta);
        var second = await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.True(second.IsComplete);
        var left = await hot.ReadAsync(fixture.Session, [A], withDataKeys: true, Cancel);
        Assert.Null(left.Meta);
        Assert.Empty(left.DataKeys);
    }

    [Fact]
    public async Task EraseAsync_SessionIsBegunAnewMeanwhile_IsFound()
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open(withHot: false);
        var (bot, _, _) = fixture.Open(withHot: false);
        await WriteAsync(store, fixture.Session, 1);
        cold.AfterDelete = () => cold.OnRead = () =>
        {
            cold.OnRead = null;
            WriteAsync(bot, fixture.Session, 2).GetAwaiter().GetResult();
        };

        var report = await store.Erasure.EraseAsync(fixture.Session, Cancel);

        Assert.Equal(ErasureOutcome.Found, report.Places[0].Outcome);
        Assert.False(report.IsComplete);
    }

    [Fact]
    public async Task EraseAsync_WhileARecordIsOnItsWay_TheReadFindsNothing()
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open(withHot: false);
        await WriteAsync(store, fixture.Session, 1);
        var (asked, erased) = (new TaskCompletionSource(), new TaskCompletionSource());
        cold.AfterRead = async () =>
        {
            cold.AfterRead = null;
            asked.SetResult();
            await erased.Task;
        };

        var reading = store.GetAsync(fixture.Session, A, Cancel).AsTask();
        await asked.Task;
        await store.Erasure.EraseAsync(fixture.Session, Cancel);
        erased.SetResult();

        Assert.False((await reading).Exists);
    }

    /// <summary>Who has to ask for a newer key, and then learns that the session is gone, is left with older ones that were cleared by way of the newer.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EraseAsync_WhileANewerKeyIsOnItsWay_TheReadFindsNothing(bool newerFirst)
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open(withHot: false);
        var (other, _, _) = fixture.Open(withHot: false, o => o.Encryption.MaxSealsPerDataKey = 1024);
        await WriteAsync(store, fixture.Session, 1);
        var many = new AuthPatch();
        for (var id = 0; id < 1024; id++)
            many.Set("pre-key", $"{id}", new byte[] { 1 });
        await other.CommitAsync(fixture.Session, many, Cancel);
        await other.CommitAsync(fixture.Session, new AuthPatch().Set(B, new byte[] { 1 }), Cancel);
        var reads = 0;
        cold.OnRead = () =>
        {
            if (++reads != 2)
                return;
            cold.OnRead = null;
            store.GetAsync(fixture.Session, B, Cancel).AsTask().GetAwaiter().GetResult();
            store.Erasure.EraseAsync(fixture.Session, Cancel).AsTask().GetAwaiter().GetResult();
        };

        AuthKey[] asked = newerFirst ? [B, A] : [A, B];
        var read = await store.GetManyAsync(fixture.Session, asked, Cancel);

        Assert.Null(cold.OnRead);
        Assert.All(read, record => Assert.False(record.Exists));
    }

    [Fact]
    public async Task EraseAsync_WhileRecordsAreEnumerated_TheLifeHasEnded()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open(withHot: false);
        await WriteAsync(store, fixture.Session, 1);
        await store.CommitAsync(fixture.Session, new AuthPatch().Set("session", "b", new byte[] { 1 }), Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(async () =>
        {
            await foreach (var _ in store.EnumerateAsync(fixture.Session, cancellationToken: Cancel))
                await store.Erasure.EraseAsync(fixture.Session, Cancel);
        });
    }

    [Fact]
    public async Task EraseAsync_ThenBegunAnew_HasAnotherDataKey()
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        var before = Assert.Single((await cold.ReadAsync(fixture.Session, [], withDataKeys: true, Cancel)).DataKeys);

        await store.Erasure.EraseAsync(fixture.Session, Cancel);
        await WriteAsync(store, fixture.Session, 2);

        var after = await cold.ReadAsync(fixture.Session, [], withDataKeys: true, Cancel);
        Assert.NotEqual(before.Id, Assert.Single(after.DataKeys).Id);
        Assert.Equal(2, after.Head!.Incarnation);
    }

    [Fact]
    public async Task EraseAsync_BackupWithoutKeys_CanNotBeRestoredAnyMore()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        var (file, keys) = (fixture.Path + ".backup", fixture.Path + ".keys");
        await store.Backup.WriteAsync(new AuthBackupRequest(file) { Session = fixture.Session, KeysPath = keys }, Cancel);

        await store.Erasure.EraseAsync(fixture.Session, Cancel);

        await Assert.ThrowsAsync<BackupException>(() => store.Backup.RestoreAsync(new AuthRestoreRequest(file), Cancel).AsTask());
        Assert.Null(await store.FindSessionAsync(fixture.Session, Cancel));

        // Whoever kept the keys can: that is why the report names them.
        Assert.Single(await store.Backup.RestoreAsync(new AuthRestoreRequest(file) { KeysPath = keys }, Cancel));
    }

    [Fact]
    public async Task EraseAsync_ColdFails_IsTheError()
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);
        cold.OnRead = () => throw new StoreUnavailableException("sqlite", "It does not answer.");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Erasure.EraseAsync(fixture.Session, Cancel).AsTask());

        cold.OnRead = null;
        Assert.NotNull(await store.FindSessionAsync(fixture.Session, Cancel));
    }

    [Fact]
    public async Task Remaining_HowLongCopiesAreKept_IsSaidWhereItIsKnown()
    {
        await using var fixture = new StoreFixture
        {
            Options = o =>
            {
                o.Erasure.KeyBackupsKeptFor = TimeSpan.FromDays(30);
                o.Encryption.DataKeyCacheDuration = TimeSpan.FromMinutes(20);
            },
        };
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, fixture.Session, 1);

        var remaining = (await store.Erasure.EraseAsync(fixture.Session, Cancel)).Remaining;

        var now = fixture.Time.GetUtcNow();
        Assert.Equal(now.AddDays(30), Assert.Single(remaining, c => c.Kind == RemainingCopyKind.KeyBackup).Until);
        Assert.Equal(now.AddMinutes(20), Assert.Single(remaining, c => c.Kind == RemainingCopyKind.OtherProcess).Until);
        Assert.Null(Assert.Single(remaining, c => c.Kind == RemainingCopyKind.ColdBackup).Until);
        Assert.Contains(remaining, c => c.Kind == RemainingCopyKind.ColdRemnant && c.What.Contains("-wal", StringComparison.Ordinal));
        Assert.Equal(
            [RemainingCopyKind.Backup, RemainingCopyKind.Tombstone], remaining.Where(c => !c.CanBeOpened).Select(c => c.Kind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remaining_AuditTrail_IsNamedWhereThereIsOne(bool audits)
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open(configure: o => o.Audit.File = audits ? fixture.Path + ".audit" : null);

        var remaining = (await store.Erasure.EraseAsync(fixture.Session, Cancel)).Remaining;

        Assert.Equal(audits, remaining.Any(c => c.Kind == RemainingCopyKind.AuditTrail));
    }

    [Fact]
    public async Task EraseTenantAsync_ErasesThatTenantAndNoOther()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        AuthSessionId[] mine = [new("clinic", "a"), new("clinic", "b")];
        var other = new AuthSessionId("clinic2", "a");
        foreach (var session in (AuthSessionId[])[.. mine, other])
            await WriteAsync(store, session, 1);

        var reports = await StoreFixture.ToListAsync(store.Erasure.EraseTenantAsync("clinic", Cancel));

        Assert.Equal(mine, reports.Select(r => r.Session));
        Assert.All(reports, r => Assert.True(r is { Existed: true, IsComplete: true }));
        Assert.Equal([other], (await StoreFixture.ToListAsync(store.ListSessionsAsync(cancellationToken: Cancel))).Select(s => s.Id));
    }

    [Fact]
    public async Task EraseTenantAsync_SessionThatComesMeanwhile_IsErasedToo()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        await WriteAsync(store, new AuthSessionId("clinic", "b"), 1);
        var late = new AuthSessionId("clinic", "a");
        var erased = new List<AuthSessionId>();

        await foreach (var report in store.Erasure.EraseTenantAsync("clinic", Cancel))
        {
            if (erased.Count == 0)
                await WriteAsync(store, late, 2);
            erased.Add(report.Session);
        }

        Assert.Equal([new("clinic", "b"), late], erased);
        Assert.Empty(await StoreFixture.ToListAsync(store.ListSessionsAsync("clinic", Cancel)));
    }

    [Fact]
    public void EraseTenantAsync_NoName_IsRefusedAtOnce()
    {
        var store = new HybridAuthStore(new InMemoryColdTier(), null, new HybridAuthStoreOptions { Encryption = { MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64() } });

        Assert.Throws<InvalidAuthInputException>(() => store.Erasure.EraseTenantAsync("", Cancel));
    }

    private static async Task WriteAsync(HybridAuthStore store, AuthSessionId session, byte value) =>
        await store.CommitAsync(session, new AuthPatch().Set(A, Enumerable.Repeat(value, 40).ToArray()), Cancel);
}
