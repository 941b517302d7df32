using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>A session that is created whole from a stream.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(3)]
public abstract class ColdImportContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>What was imported is there as version 1.</summary>
    /// <param name="count">How many records.</param>
    /// <param name="length">How large each is.</param>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(175, 1_000)]
    [InlineData(600, 16_384)]
    [Promise(2)]
    public async Task Import_Session_IsThereAsVersion1(int count, int length)
    {
        var result = await Tier.ImportAsync(Import(Records(count, length)), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, null), (result.Status, result.Duplicate));
        Assert.Equal((1, 1, 0, 0), (result.Head!.Incarnation, result.Head.Version, result.Head.Epoch, result.Head.AheadEpoch));
        Assert.Equal(result.Head, await HeadAsync());
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(count, records.Count);
        Assert.All(records, (r, i) => Assert.True(r.Version == 1 && r.Envelope.Span.SequenceEqual(Sample.Noise(length, i)), r.Key.Id));
        Assert.Equal(Key1.Id, Assert.Single((await ReadAsync()).DataKeys).Id);
        Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(Commit(PatchAt(1, 2, Set("a"))))).Status);
    }

    /// <summary>A session that exists is not touched.</summary>
    [Fact]
    [Promise(12)]
    public async Task Import_SessionExists_Conflicts()
    {
        await CreateAsync();
        var before = await StateAsync();

        var result = await Tier.ImportAsync(Import(Records(3)), Cancel);

        Assert.Equal((ColdCommitStatus.Conflict, 1, null), (result.Status, result.Head!.Version, result.Duplicate));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>The same import again is committed as before.</summary>
    [Fact]
    [Promise(6)]
    public async Task Import_Repeated_IsCommittedAsBefore()
    {
        var import = Import(Records(3));
        await Tier.ImportAsync(import, Cancel);
        await CommitAsync(Commit(Patch(Set("a"))));
        var before = await StateAsync();

        var result = await Tier.ImportAsync(import, Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2), (result.Status, result.Head!.Version));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>An import creates the next incarnation only.</summary>
    [Fact]
    [Promise(5)]
    public async Task Import_NotTheNextIncarnation_IsRefused()
    {
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.ImportAsync(Import(Records(3), incarnation: 2), Cancel)).Status);
        Assert.Null(await HeadAsync());
    }

    /// <summary>A session that is held, or whose ahead mark is set, is not imported over.</summary>
    /// <param name="ranOutButAhead">Whether it is the mark.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(8)]
    public async Task Import_SessionIsHeldOrAhead_IsFenced(bool ranOutButAhead)
    {
        await AcquireAsync("other", mayQueue: ranOutButAhead);
        if (ranOutButAhead)
            await RunOutAsync();

        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.ImportAsync(Import(Records(3)), Cancel)).Status);
        Assert.Null(await HeadAsync());
    }

    /// <summary>An import ends a lease that ran out, as a commit does.</summary>
    [Fact]
    [Promise(8)]
    public async Task Import_AfterALeaseRanOut_EndsIt()
    {
        await AcquireAsync("one");
        await RunOutAsync();

        var result = await Tier.ImportAsync(Import(Records(3)), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2), (result.Status, result.Head!.Epoch));
        Assert.Equal(2, (await CommitAsync(Commit(Patch(Set("a"))))).Epoch);
        Assert.False(await RenewAsync(1));
        Assert.False(await RenewAsync(2));
    }

    /// <summary>A stream that throws leaves nothing, and its exception comes as it was.</summary>
    /// <param name="count">How many records come before.</param>
    /// <param name="length">How large each is.</param>
    [Theory]
    [InlineData(10, 10)]
    [InlineData(600, 16_384)]
    public async Task Import_StreamThrows_LeavesNothingAndTheExceptionAsItWas(int count, int length)
    {
        var failure = new FormatException("a broken file");
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await Tier.ImportAsync(Import(Records(count, length, failure)), Cancel)));

        await NothingIsLeftAsync();
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(3)), Cancel)).Status);
    }

    /// <summary>A cancelled import leaves nothing.</summary>
    [Fact]
    public async Task Import_Cancelled_LeavesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Tier.ImportAsync(Import(CancelledAfter(600, cancellation)), cancellation.Token));
        await NothingIsLeftAsync();
    }

    /// <summary>A record that occurs twice is named, and nothing is imported.</summary>
    /// <param name="count">How many records come before.</param>
    /// <param name="length">How large each is.</param>
    [Theory]
    [InlineData(10, 10)]
    [InlineData(600, 16_384)]
    [Promise(12)]
    public async Task Import_RecordTwice_Conflicts(int count, int length)
    {
        var twice = new AuthKey("pre-key", "000004");
        var result = await Tier.ImportAsync(Import(Records(count, length).Append(new SealedChange(twice, new byte[1]))), Cancel);

        Assert.Equal((ColdCommitStatus.Conflict, twice, null), (result.Status, result.Duplicate!.Value, result.Head));
        await NothingIsLeftAsync();
    }

    /// <summary>An import only creates: a deletion in it is refused.</summary>
    [Fact]
    [Promise(12)]
    public async Task Import_RecordWithoutEnvelope_IsRefused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Tier.ImportAsync(Import(Records(3).Append(Delete("a"))), Cancel));
        await NothingIsLeftAsync();
    }

    /// <summary>Half-way, nobody sees any of it, and others write.</summary>
    [Fact]
    public async Task Import_HalfWay_IsInvisibleAndOthersWrite()
    {
        var pausing = new Pausing(600);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;

        await NothingIsLeftAsync();
        Assert.False((await Tier.ReadAsync(Session, [new AuthKey("pre-key", "000001")], false, Cancel)).Records[0].Exists);
        Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(CreationOf(new AuthSessionId("t", "other"), 1, Patch(Set("a"))))).Status);
        Assert.False((await Tier.DeleteSessionAsync(new AuthSessionId("t", "third"), Cancel)).Existed);

        pausing.GoOn();
        Assert.Equal(ColdCommitStatus.Committed, (await importing).Status);
        Assert.Equal(600, (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Count);
    }

    /// <summary>Somebody else creates the session meanwhile: the import conflicts, and only the other's is there.</summary>
    /// <param name="byImport">Whether by an import too.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_TakenOverHalfWay_ConflictsAndLeavesOnlyTheOther(bool byImport)
    {
        var pausing = new Pausing(600);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;

        if (byImport)
            Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(1)), Cancel)).Status);
        else
            await CreateAsync();
        var before = await StateAsync();
        pausing.GoOn();
        var result = await importing;

        Assert.Equal((ColdCommitStatus.Conflict, 1), (result.Status, result.Head!.Version));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>Somebody takes the session's lease meanwhile: the import is fenced, and the lease stays.</summary>
    [Fact]
    [Promise(8)]
    public async Task Import_LeaseTakenHalfWay_IsFencedAndTheLeaseStays()
    {
        var pausing = new Pausing(600);
        var importing = Tier.ImportAsync(Import(pausing.RunAsync()), Cancel).AsTask();
        await pausing.Paused;
        var lease = await AcquireAsync("bot");
        pausing.GoOn();

        Assert.Equal(ColdCommitStatus.Fenced, (await importing).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(WithEpoch(Creation(Patch(Set("a"))), lease.Epoch))).Status);
        Assert.Single(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
    }

    private static async IAsyncEnumerable<SealedChange> CancelledAfter(int count, CancellationTokenSource source)
    {
        await foreach (var record in Records(count, 16_384))
            yield return record;
        await source.CancelAsync();
        source.Token.ThrowIfCancellationRequested();
    }

    private async Task NothingIsLeftAsync()
    {
        Assert.Null(await HeadAsync());
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
        Assert.Null(await Tier.SummarizeAsync(Session, Cancel));
        Assert.Empty((await ReadAsync()).DataKeys);
    }

    /// <summary>A stream, of several MiB so that a tier has begun to write, that stops before its last record until it is told to go on.</summary>
    private sealed class Pausing(int count)
    {
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Paused => _paused.Task;

        public void GoOn() => _goOn.SetResult();

        public async IAsyncEnumerable<SealedChange> RunAsync()
        {
            var number = 0;
            await foreach (var record in Records(count, 16_384))
            {
                if (++number == count)
                {
                    _paused.SetResult();
                    await _goOn.Task.WaitAsync(Cancel);
                }

                yield return record;
            }
        }
    }
}
