using HybridStore.Tests.Outbox;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Doctor;

public sealed class AuthDoctorTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task HolderCutOff_ReachesColdAgain_IsHealthy()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        for (var i = 0; i < 20; i++)
            _fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        var doctor = _fixture.Start().Store.Doctor;

        var found = Assert.Single(await doctor.DiagnoseAsync(_fixture.Session, cancellationToken: Cancel));
        Assert.Equal((AuthFindingKind.HolderCutOff, false, 1L), (found.Kind, found.WaitsForAPerson, found.Count));

        process.FindCold();
        Assert.Equal(3, (await session.CommitAsync(Put(B, 4).Require(Durability.Persisted), Cancel)).Version);
        await session.DisposeAsync();
        Assert.Empty(await doctor.DiagnoseAsync(_fixture.Session, cancellationToken: Cancel));
    }

    [Fact]
    public async Task Diagnose_NoSuchSessionOrColdIsAway_Throws()
    {
        var process = _fixture.Start();
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await process.Store.Doctor.DiagnoseAsync(_fixture.Session, cancellationToken: Cancel));

        process.LoseCold();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await process.Store.Doctor.DiagnoseAsync(_fixture.Session, cancellationToken: Cancel));
    }

    [Fact]
    public async Task Acknowledge_HeldByABot_LeavesItToTheBot()
    {
        var (_, session) = await _fixture.OpenAsync();

        await Assert.ThrowsAsync<SessionHeldException>(async () => await _fixture.Start().Store.Doctor.AcknowledgeRollbackAsync(_fixture.Session, Cancel));
        await Assert.ThrowsAsync<SessionHeldException>(async () => await _fixture.Start().Store.Doctor.AcceptColdAsync(_fixture.Session, 1, Cancel));

        await session.DisposeAsync();
    }
}
