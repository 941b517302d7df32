using HybridStore.Coordination;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore.Tests.Sessions;

public class InProcessTierTests
{
    private static readonly AuthKey A = new("t", "a");
    private static readonly AuthKey B = new("t", "b");
    private static readonly AuthKey C = new("t", "c");
    private readonly Lock _sync = new();

    [Fact]
    public void Trim_OverTheBudget_LetsGoWhatWasNotReadSinceTheLastSearch()
    {
        var (tier, records) = Open(budget: RoomFor(2));
        Fill(records, 1, A);
        Fill(records, 1, B);
        Assert.True(records.TryGet(A, out _));

        Fill(records, 1, C);
        tier.Trim();

        Assert.True(records.TryGet(A, out _));
        Assert.False(records.TryGet(B, out _));
        Assert.True(records.TryGet(C, out _));
        Assert.True(tier.HeldBytes <= RoomFor(2));
    }

    [Fact]
    public void Trim_EverythingWasRead_LetsGoTheOldest()
    {
        var (tier, records) = Open(budget: RoomFor(2));
        foreach (var key in new[] { A, B, C })
        {
            Fill(records, 1, key);
            Assert.True(records.TryGet(key, out _));
        }

        tier.Trim();

        Assert.False(records.TryGet(A, out _));
        Assert.True(records.TryGet(B, out _));
        Assert.True(records.TryGet(C, out _));
    }

    [Fact]
    public void Trim_ARecordLargerThanTheBudget_GoesItself()
    {
        var (tier, records) = Open(budget: RoomFor(2));
        records.Fill(records.Generation!.Value, At(1), [AuthRecord.Found(A, 1, new byte[10_000])], long.MaxValue);

        tier.Trim();

        Assert.Equal(0, tier.HeldBytes);
        Assert.False(records.TryGet(A, out _));
    }

    [Fact]
    public void Close_GivesTheRoomBack()
    {
        var (tier, records) = Open(budget: RoomFor(5));
        Fill(records, 1, A, B);
        Assert.Equal(RoomFor(2), tier.HeldBytes);

        records.Close();

        Assert.Equal(0, tier.HeldBytes);
        Assert.False(records.TryGet(A, out _));
        Assert.Null(records.Generation);
    }

    [Fact]
    public void Fill_OlderThanARecordThatWasLetGo_IsRefused()
    {
        var (tier, records) = Open(budget: RoomFor(1));
        var slow = records.Generation!.Value;
        records.Apply(1, At(2), [AuthRecord.Found(A, 2, new byte[100])], At(2));
        records.Apply(2, At(3), [AuthRecord.Found(B, 3, new byte[100])], At(3));
        tier.Trim();
        Assert.False(records.TryGet(A, out _));

        records.Fill(slow, At(1), [AuthRecord.Found(A, 1, new byte[100])], long.MaxValue);
        Assert.False(records.TryGet(A, out _));

        records.Fill(slow, At(3), [AuthRecord.Found(A, 2, new byte[100])], long.MaxValue);
        Assert.True(records.TryGet(A, out var held));
        Assert.Equal(2, held.Record.Version);
    }

    [Fact]
    public void Fill_OfAnEarlierGeneration_IsRefused()
    {
        var (_, records) = Open(budget: RoomFor(5));
        var slow = records.Generation!.Value;
        records.Open(At(1));

        records.Fill(slow, At(1), [AuthRecord.Found(A, 1, new byte[100])], long.MaxValue);

        Assert.False(records.TryGet(A, out _));
    }

    [Fact]
    public void Observe_BeyondWhatIsHeld_NothingIsAnsweredUntilTheCommitHasCome()
    {
        var (_, records) = Open(budget: RoomFor(5));
        Fill(records, 1, A, B);

        records.Observe(At(3));
        Assert.False(records.TryGet(A, out _));
        Assert.Null(records.TryGetAll([A, B], 0, out _));
        records.Apply(1, At(2), [AuthRecord.Found(A, long.MaxValue, new byte[100])], At(3));
        Assert.False(records.TryGet(A, out _));
        records.Apply(2, At(3), [AuthRecord.Absent(B)], At(3));

        Assert.True(records.TryGet(A, out var a));
        Assert.Equal(2, a.Record.Version);
        Assert.True(records.TryGet(B, out var b));
        Assert.False(b.Record.Exists);
        Assert.NotNull(records.TryGetAll([A, B], 0, out var at));
        Assert.Equal(At(3), at);
    }

    [Fact]
    public void Apply_AfterSomethingThatWasMissed_KeepsOnlyWhatItBrings()
    {
        var (_, records) = Open(budget: RoomFor(5));
        var slow = records.Generation!.Value;
        Fill(records, 1, A);

        records.Apply(5, At(6), [AuthRecord.Found(B, long.MaxValue, new byte[100])], At(6));

        Assert.False(records.TryGet(A, out _));
        Assert.True(records.TryGet(B, out _));
        records.Fill(slow, At(5), [AuthRecord.Found(A, 1, new byte[100])], long.MaxValue);
        Assert.False(records.TryGet(A, out _));
    }

    [Fact]
    public void BeginLease_OneThatWasLostMeanwhile_HoldsNothing()
    {
        var state = new SessionState(new InProcessTier(RoomFor(5)), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        var lease = new HeldLease(new LeaseRef(new AuthSessionId("clinic", "reception"), 1), state, TimeProvider.System);
        lease.TryEnd();

        state.BeginLease(lease);

        Assert.Null(state.BeginFill());
    }

    private static SeenMark At(long version) => new(1, version);

    private static void Fill(SessionRecords records, long version, params AuthKey[] keys) =>
        records.Fill(records.Generation!.Value, At(version), [.. keys.Select(k => AuthRecord.Found(k, version, new byte[100]))], long.MaxValue);

    private long RoomFor(int count) => count * new LocalRecord(new SessionRecords(new InProcessTier(1), _sync), AuthRecord.Found(A, 1, new byte[100]), At(1), long.MaxValue).Bytes;

    private (InProcessTier Tier, SessionRecords Records) Open(long budget)
    {
        var tier = new InProcessTier(budget);
        var records = new SessionRecords(tier, _sync);
        records.Open(At(1));
        return (tier, records);
    }
}
