using HybridStore.InMemory;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>Cold went back to before a session was deleted and begun anew: no version of the life that it has is beyond what was seen of the next one.</summary>
public sealed class FormerLifeTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();
    private readonly InMemoryColdTier _older;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hybridstore-former-life-");

    public FormerLifeTests() => _older = new InMemoryColdTier(_fixture.Clock);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheDoctorSaysThatItIsLost_BeforeAndAfterSomebodyTriesToOpenIt(bool leased)
    {
        await BeginAnewAndGoBackAsync(leased);
        var expected = (AuthFindingKind.ColdWentBack, true, 0L, (long?)2);
        for (var i = 0; i < 2; i++)
        {
            var found = Assert.Single(await Start().Store.Doctor.DiagnoseAsync(_fixture.Session, cancellationToken: Cancel), static f => f.WaitsForAPerson);
            Assert.Equal(expected, (found.Kind, found.WaitsForAPerson, found.ColdVersion, found.Version));
            await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.OpenAsync(_fixture.Session, Cancel));
        }
    }

    // Regression: it was said to be accepted, and nobody could open it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcceptedAtTheVersionThatColdHas_IsRefused_AndChangesNothing(bool leased)
    {
        await BeginAnewAndGoBackAsync(leased);

        var e = await Assert.ThrowsAsync<IncarnationEndedException>(async () => await Start().Store.Doctor.AcceptColdAsync(_fixture.Session, 3, Cancel));

        Assert.Equal(1, e.Incarnation);
        Assert.Equal(3, (await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head!.Version);
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await Start().Store.OpenAsync(_fixture.Session, Cancel));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task AcceptedAtVersion0_ItIsOver_AndWhoOpensItBeginsTheNextLife(bool leased, bool byWhoSawIt)
    {
        await BeginAnewAndGoBackAsync(leased);
        var process = Start();
        if (byWhoSawIt)
            await Assert.ThrowsAsync<ColdWentBackException>(async () => await process.Store.OpenAsync(_fixture.Session, Cancel));

        Assert.Equal(new RolledBackSession(_fixture.Session, 0, 0, 0, 0, 0), await process.Store.Doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));

        var next = Start();
        await using var opened = await next.Store.OpenAsync(_fixture.Session, Cancel);
        Assert.Equal((true, false), (opened.HoldsLease, opened.IsRolledBack));
        Assert.False((await opened.GetAsync(A, Cancel)).Exists);
        Assert.Equal(1, (await opened.CommitAsync(Put(B, 7), Cancel)).Version);
        Assert.Equal(CommitOutcome.Queued, (await opened.CommitAsync(Queued(B, 8), Cancel)).Outcome);
        Assert.Equal(3, (await next.Store.FindSessionAsync(_fixture.Session, Cancel))!.Incarnation);
    }

    [Fact]
    public async Task Held_IsNotAcceptedAtVersion0()
    {
        await BeginAnewAndGoBackAsync(leased: true);
        await _older.Leases.AcquireAsync(new LeaseRequest(_fixture.Session, "another", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);

        await Assert.ThrowsAsync<SessionHeldException>(async () => await Start().Store.Doctor.AcceptColdAsync(_fixture.Session, 0, Cancel));

        Assert.Equal(3, (await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head!.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ABackupOfTheLaterLifePutInPlace_IsOpenedAgain_InALifeOfItsOwn(bool leased)
    {
        await BeginAnewAndGoBackAsync(leased);
        var (file, keys) = (Path.Combine(_folder.FullName, "backup"), Path.Combine(_folder.FullName, "keys"));
        await _fixture.Start().Store.Backup.WriteAsync(new AuthBackupRequest(file) { KeysPath = keys }, Cancel);
        await CommitAsync(_fixture.Start(), leased, times: 5);

        var restored = Assert.Single(await Start().Store.Backup.RestoreAsync(new AuthRestoreRequest(file) { KeysPath = keys, Replace = true }, Cancel));

        Assert.Equal((RestoreOutcome.Replaced, 3), (restored.Outcome, restored.Incarnation));
        await using var opened = await Start().Store.OpenAsync(_fixture.Session, Cancel);
        Assert.Equal((true, true), (opened.HoldsLease, opened.IsRolledBack));
        Assert.Equal(CommitOutcome.Queued, (await opened.CommitAsync(Queued(B, 8), Cancel)).Outcome);
    }

    [Fact]
    public async Task ABackupOfTheFormerLifePutInPlace_WithoutItsKeys_IsRefused_AndChangesNothing()
    {
        await BeginAnewAndGoBackAsync(leased: true);
        var file = Path.Combine(_folder.FullName, "backup");
        await Start().Store.Backup.WriteAsync(new AuthBackupRequest(file), Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await Start().Store.Backup.RestoreAsync(new AuthRestoreRequest(file) { Replace = true }, Cancel));

        Assert.Equal(3, (await _older.ReadAsync(_fixture.Session, [], withDataKeys: false, Cancel)).Head!.Version);
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        await _fixture.DisposeAsync();
        await _older.DisposeAsync();
    }

    /// <summary>The session is at version 3 of its first life in the older cold tier; in the newer one, which hot knows of, it was deleted and is at version 2 of its second.</summary>
    private async Task BeginAnewAndGoBackAsync(bool leased)
    {
        await CommitAsync(Start(), leased, times: 3);
        _fixture.Server.Flush();
        await CommitAsync(_fixture.Start(), leased, times: 1);
        await _fixture.Start().Store.DeleteSessionAsync(_fixture.Session, Cancel);
        await CommitAsync(_fixture.Start(), leased, times: 2);
    }

    private async Task CommitAsync(QueueProcess process, bool leased, int times)
    {
        await using var opened = leased ? await process.Store.OpenAsync(_fixture.Session, Cancel) : null;
        for (var i = 1; i <= times; i++)
        {
            if (opened is not null)
                await opened.CommitAsync(Put(A, (byte)i), Cancel);
            else
                await process.Store.CommitAsync(_fixture.Session, Put(A, (byte)i), Cancel);
        }
    }

    private QueueProcess Start()
    {
        var process = _fixture.Start();
        process.Cold.Inner = _older;
        return process;
    }
}
