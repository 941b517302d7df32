using HybridStore;

namespace WhatsAppBot.Tests;

public class ReplayTests
{
    private const int Steps = 260;

    private static readonly AuthKey Session = new(AuthKeyTypes.Session, "5511910000000.0");

    [Fact]
    public async Task Compare_WhatWasPlayed_FindsNothing() => Assert.Empty(await CompareAsync(_ => { }));

    [Fact]
    public async Task Compare_AnotherValue_NamesTheRecord() => Assert.Equal(
        [$"{Session} has another value"],
        await CompareAsync(records => records[Session] = AuthRecord.Found(Session, records[Session].Version, records[Session].Value[1..])));

    [Fact]
    public async Task Compare_AnotherVersion_NamesTheRecord() => Assert.StartsWith(
        $"{Session} is of version 7",
        Assert.Single(await CompareAsync(records => records[Session] = AuthRecord.Found(Session, 7, records[Session].Value))));

    [Fact]
    public async Task Compare_ALostRecord_NamesIt() => Assert.Equal(
        [$"{Session} is missing"], await CompareAsync(records => records.Remove(Session)));

    [Fact]
    public async Task Compare_ARecordThatCameBack_NamesIt()
    {
        var deleted = new AuthKey(AuthKeyTypes.PreKey, "1");
        Assert.Equal([$"{deleted} must not exist"], await CompareAsync(records => records[deleted] = AuthRecord.Found(deleted, 1, "{}"u8.ToArray())));
    }

    [Fact]
    public async Task Compare_OneStepLess_NamesThePartsOfThatStep()
    {
        var played = await Played.StartAsync();
        Step? last = null;
        for (var k = 1; k <= Steps; k++)
            last = played.Next().Step;
        var differences = await new Replay(played.Trace, Played.Seed, Steps - 1, played.Folder).CompareAsync(Enumerate(RecordsOf(played)));
        Assert.Equal(
            last!.Reads.Append(Progress.Key).Select(k => $"{k} is of version {1 + Steps}").Order(),
            differences.Select(d => d.Split(',')[0]).Order());
    }

    private static async Task<List<string>> CompareAsync(Action<Dictionary<AuthKey, AuthRecord>> damage)
    {
        var played = await Played.StartAsync();
        for (var k = 1; k <= Steps; k++)
            played.Next();
        var records = RecordsOf(played);
        damage(records);
        return await new Replay(played.Trace, Played.Seed, Steps, played.Folder).CompareAsync(Enumerate(records));
    }

    private static Dictionary<AuthKey, AuthRecord> RecordsOf(Played played) =>
        played.Values.ToDictionary(v => v.Key, v => AuthRecord.Found(v.Key, played.Versions[v.Key], v.Value));

    private static IAsyncEnumerable<AuthRecord> Enumerate(Dictionary<AuthKey, AuthRecord> records) => records.Values.ToAsyncEnumerable();
}
