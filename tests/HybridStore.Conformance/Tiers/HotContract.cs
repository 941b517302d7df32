using System.Text;
using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What every part of the contract of a hot tier that queues begins with: an empty tier, and the calls that most tests make. Without an outbox, they are skipped.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotContract<TFixture> : IAsyncLifetime
    where TFixture : HotTierFixture, new()
{
    private protected static readonly AuthSessionId Session = new("clinic", "reception");
    private protected static readonly AuthKey A = new("session", "a");
    private protected static readonly AuthKey B = new("session", "b");
    private protected static readonly AuthKey C = new("creds", "c");
    private protected static readonly DateTimeOffset Later = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private IHotTier? _tier;

    private protected HotContract()
    {
    }

    /// <summary>What this test's tier is opened by.</summary>
    protected TFixture Fixture { get; } = new();

    /// <summary>The tier.</summary>
    protected IHotTier Tier => _tier!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected IHotOutbox Outbox => OutboxOf(Tier);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _tier = await Fixture.OpenAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static IHotOutbox OutboxOf(IHotTier tier)
    {
        Assert.SkipWhen(tier.Outbox is null, "The tier takes no queued commits.");
        return tier.Outbox!;
    }

    private protected static HotMeta Meta(long version, long epoch = 1, string runId = "", long incarnation = 1) =>
        new() { Incarnation = incarnation, Version = version, Epoch = epoch, RunId = runId, GoodUntil = Later };

    private protected static SealedPatch Patch(long version, params (AuthKey Key, byte[]? Envelope)[] changes) => Patch(CommitId.New(), version - 1, version, changes);

    private protected static SealedPatch Patch(CommitId id, long predecessor, long version, params (AuthKey Key, byte[]? Envelope)[] changes) => new()
    {
        CommitId = id,
        Predecessor = predecessor,
        Version = version,
        Changes = [.. changes.Select(c => c.Envelope is { } envelope ? new SealedChange(c.Key, envelope) : new SealedChange(c.Key, null))],
    };

    private protected static QueuedCommit Queued(IReadOnlyList<SealedPatch> patches, long epoch = 1, long incarnation = 1, AuthSessionId? session = null, long drained = 0) => new()
    {
        Session = session ?? Session,
        Incarnation = incarnation,
        Epoch = epoch,
        Patches = patches,
        DrainedVersion = drained,
        GoodUntil = Later.AddSeconds(5),
    };

    /// <summary>Makes the session ready for queueing, with cold at a version.</summary>
    private protected async Task ReadyAsync(long version = 5, long epoch = 1, long incarnation = 1, AuthSessionId? session = null)
    {
        _ = Outbox;
        Assert.True((await InstallAsync(epoch, session: session)).Installed);
        Assert.Equal(version, await AdoptAsync(Meta(version, epoch, incarnation: incarnation), session: session));
    }

    private protected ValueTask<HotInstallation> InstallAsync(long epoch, AuthSessionId? session = null) =>
        Tier.InstallEpochAsync(new LeaseRef(session ?? Session, epoch), vouchesFor: TimeSpan.Zero, Cancel);

    private protected ValueTask<long?> AdoptAsync(HotMeta meta, TimeSpan? validFor = null, IReadOnlyList<WrappedDataKey>? keys = null, AuthSessionId? session = null, bool isWhole = true, long wholeAt = 0) =>
        Outbox.AdoptAsync(
            new HotAdoption { Session = session ?? Session, Meta = meta with { RunId = Tier.RunId }, ValidFor = validFor ?? TimeSpan.FromMinutes(10), DataKeys = keys ?? [], IsWhole = isWhole, WholeAt = wholeAt }, Cancel);

    private protected ValueTask<HotQueueResult> QueueAsync(params SealedPatch[] patches) => Outbox.QueueAsync(Queued(patches), Cancel);

    private protected ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit) => Outbox.QueueAsync(commit, Cancel);

    private protected ValueTask<HotQueueResult> GiveAgainAsync(params SealedPatch[] patches) => QueueAsync(new QueuedCommit
    {
        Session = Session, Incarnation = 1, Epoch = 1, Patches = patches, GoodUntil = Later.AddSeconds(5), IsGivenAgain = true,
    });

    private protected async Task QueuedAsync(params SealedPatch[] patches) =>
        Assert.Equal(new HotQueueResult(HotQueueStatus.Queued, patches[^1].Version), await QueueAsync(patches));

    private protected ValueTask<HotRead> ReadAsync(params AuthKey[] keys) => Tier.ReadAsync(Session, keys, withDataKeys: false, Cancel);

    private protected async Task<HotOutboxState?> OutboxStateAsync() => (await ReadAsync()).Outbox;

    private protected ValueTask<IReadOnlyList<OutboxEntry>> EntriesAsync(long above = 0, int limit = 1000) => Outbox.ReadAsync(Session, above, limit, Cancel);

    private protected async Task HasEntriesAsync(params long[] versions) => Assert.Equal(versions, (await EntriesAsync()).Select(e => e.Patch.Version));

    private protected ValueTask<bool> ApplyAsync(long previous, HotMeta meta, CommitId id, params (AuthKey Key, byte[]? Envelope)[] changes) =>
        Tier.ApplyAsync(
            new HotApply { Session = Session, PreviousVersion = previous, Meta = meta with { RunId = Tier.RunId }, CommitId = id, Changes = Patch(1, changes).Changes }, Cancel);

    private protected async Task<bool> FillAsync(HotMeta meta, params SealedRecord[] records)
    {
        var miss = await ReadAsync();
        return await FillAsync(miss.Generation, meta with { RunId = miss.RunId }, records);
    }

    private protected ValueTask<bool> FillAsync(long generation, HotMeta meta, params SealedRecord[] records) =>
        Tier.FillAsync(new HotFill { Session = Session, Generation = generation, Meta = meta, Records = records }, Cancel);

    private protected static SealedRecord Sealed(AuthKey key, long version, params byte[] envelope) => new(key, version, envelope);

    /// <summary>All that the tier says of the session, to compare before and after.</summary>
    private protected async Task<string> StateAsync(AuthSessionId? session = null)
    {
        AuthKey[] keys = [A, B, C];
        var read = await Tier.ReadAsync(session ?? Session, keys, withDataKeys: true, Cancel);
        var text = new StringBuilder().AppendLine($"{read.Meta} {read.Generation} {read.Outbox} {string.Join(' ', read.DataKeys.Select(k => k.Id))}");
        foreach (var record in read.Records)
            text.AppendLine(record is { } r ? $"{r.Key}@{r.Version}:{Convert.ToHexString(r.Envelope.Span)}" : "miss");
        foreach (var entry in await Outbox.ReadAsync(session ?? Session, 0, 1000, Cancel))
            text.AppendLine(Text(entry));
        return text.ToString();
    }

    /// <summary>All of an entry, to compare.</summary>
    private protected static string Text(OutboxEntry entry) =>
        $"{entry.Incarnation} {entry.Epoch} {entry.Patch.Predecessor}-{entry.Patch.Version} {entry.Patch.CommitId} [{string.Join(' ', entry.Patch.Absorbed)}] "
        + string.Join(' ', entry.Patch.Changes.Select(c => $"{c.Key}@{(c.Envelope is null ? 0 : c.VersionIn(entry.Patch.Version))}:{(c.Envelope is { } e ? Convert.ToHexString(e.Span) : "deleted")}"));
}
