using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Many at once.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdRaceContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Every commit of many processes gets a version of its own, and none is lost.</summary>
    [Fact]
    [Promise(2)]
    public async Task Commits_ManyAtOnce_AreAllKeptWithVersionsOfTheirOwn()
    {
        await CreateAsync();
        var other = await Fixture.OpenAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            async () => await (i % 2 == 0 ? Tier : other).CommitAsync(Commit(Patch(Set($"{i:D3}"))), Cancel), Cancel)));

        Assert.All(results, r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.Equal(Enumerable.Range(2, 200).Select(v => (long)v), results.Select(r => r.Version).Order());
        var records = await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel));
        Assert.Equal(results.Select((r, i) => ($"{i:D3}", r.Version)), records.Where(r => r.Key.Id != "a").Select(r => (r.Key.Id, r.Version)));
    }

    /// <summary>A counter under expected versions loses no update.</summary>
    [Fact]
    [Promise(4)]
    public async Task Commits_UnderExpectedVersions_LoseNoUpdate()
    {
        await CommitAsync(Creation(Patch(new SealedChange(Record("n"), BitConverter.GetBytes(0)))));
        var other = await Fixture.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(
            async () =>
            {
                var tier = i % 2 == 0 ? Tier : other;
                for (int done = 0, tries = 0; done < 10; tries++)
                {
                    // Each conflict is somebody else's progress: there are no more than the others' commits together, unless reads are stale.
                    Assert.True(tries < 2_000, "Conflicts without end.");
                    var record = (await tier.ReadAsync(Session, [Record("n")], false, Cancel)).Records[0];
                    var patch = new SealedPatch
                    {
                        CommitId = CommitId.New(),
                        Changes = [new SealedChange(Record("n"), BitConverter.GetBytes(BitConverter.ToInt32(record.Envelope.Span) + 1))],
                        Expectations = [new AuthExpectation(Record("n"), record.Version)],
                    };
                    var result = await tier.CommitAsync(Commit(patch), Cancel);
                    Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Conflict);
                    if (result.Status == ColdCommitStatus.Committed)
                        done++;
                }
            },
            Cancel)));

        Assert.Equal(100, BitConverter.ToInt32((await ReadAsync("n")).Records[0].Envelope.Span));
    }

    /// <summary>Readers see patches whole, and never an older version than before.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Reads_WhileOthersCommit_AreWholeAndNeverGoBack()
    {
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"{i}")];
        await CommitAsync(Creation(Patch([.. ids.Select(id => Set(id, 1))])));
        var other = await Fixture.OpenAsync();
        using var done = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 6).Select(i => Task.Run(
            async () =>
            {
                var tier = i % 2 == 0 ? Tier : other;
                long last = 0;
                do
                {
                    var read = await tier.ReadAsync(Session, [.. ids.Select(Record)], false, Cancel);
                    var version = Assert.Single(read.Records.Select(r => r.Version).Distinct());
                    Assert.Single(read.Records.Select(r => r.Envelope.Span[0]).Distinct());
                    Assert.Equal(read.Head!.Version, version);
                    Assert.True(version >= last, $"{version} after {last}");
                    last = version;
                    // Answered at once, a reader would keep the thread that the others' answers need.
                    await Task.Yield();
                }
                while (!done.IsCancellationRequested);
            },
            Cancel)).ToList();
        try
        {
            for (var i = 2; i < 100; i++)
                await CommitAsync(Commit(Patch([.. ids.Select(id => Set(id, (byte)i))])));
        }
        finally
        {
            await done.CancelAsync();
        }

        await Task.WhenAll(readers);
    }

    /// <summary>Deletions and creations at once: every life is one above the last, and what is left belongs to the last one.</summary>
    [Fact]
    [Promise(5)]
    public async Task Lives_BegunAndEndedAtOnce_NeverMix()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                for (var round = 0; round < 10; round++)
                {
                    var read = await Tier.ReadAsync(Session, [], false, Cancel);
                    var life = read.Head?.Incarnation ?? read.LastEndedIncarnation + 1;
                    var result = await Tier.CommitAsync(CreationOf(Session, life, Patch(Set($"{life}"))), Cancel);
                    Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.IncarnationEnded, $"{result.Status}");
                    if (i % 2 == 0)
                        await Tier.DeleteSessionAsync(Session, Cancel);
                }
            },
            Cancel)));

        var last = await CommitLastAsync();
        Assert.Equal([$"{last}"], (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Select(r => r.Key.Id));
    }

    private async Task<long> CommitLastAsync()
    {
        var read = await ReadAsync();
        var life = read.Head?.Incarnation ?? read.LastEndedIncarnation + 1;
        Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(CreationOf(Session, life, Patch(Set($"{life}"))))).Status);
        return life;
    }
}
