using HybridStore.Conformance;
using HybridStore.Redis.Hot;
using HybridStore.Redis.Tests.Support;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Hot;

/// <summary>No name of a tenant, session or record meets another's, or ours.</summary>
public sealed class RedisNamesTests : RedisTierTest
{
    [Fact]
    [Promise(13)]
    public void Places_OfSessionsWithAnyNames_AreDistinctAndOfOneSlot()
    {
        AuthSessionId[] sessions =
        [
            .. Any.Pairs.Select(n => new AuthSessionId(n.First, n.Second)),
            new("a}", "b"), new("a", "}b"), new("{a}", "{b}"), new("%7Ba", "b"), new("{a", "b"), new("a/b", "c"), new("a", "b/c"), new("a:r", "b"), new("a", "b}:r"), new("ä", "b"), new("A", "b"), new("a", "B"),
        ];
        var places = sessions.Distinct().Select(s => new SessionPlace("p", s)).ToList();

        Assert.Distinct(places.SelectMany(p => (string[])[p.Records, p.Outbox, p.Channel]));
        Assert.All(places, p => Assert.True(Tag(p.Records).Length > 0 && Tag(p.Records) == Tag(p.Outbox)));
        Assert.Equal(places.Count, places.Select(p => Tag(p.Records)).Distinct().Count());
    }

    [Fact]
    [Promise(13)]
    public void Fields_OfRecordsWithAnyNames_AreDistinctAndComeBack()
    {
        AuthKey[] keys =
        [
            .. Any.Pairs.Select(n => new AuthKey(n.First, n.Second)), new("a", "bc"), new("ab", "c"), new("m", "m"), new("k", "k"), new("s", "0"), new("c", "0123456789abcdef"),
            new(new string('t', AuthLimits.MaxNameBytes), new string('i', AuthLimits.MaxNameBytes)), new("\u0001", "\u0001"),
        ];
        var names = keys.Distinct().Select(k => (Key: k, Name: FieldName.Of(k))).ToList();

        Assert.Distinct(names.Select(n => Convert.ToHexString(n.Name)));
        Assert.All(names, n => Assert.Equal(n.Key, FieldName.Parse(n.Name)));
        Assert.All(names, n => Assert.Equal((byte)'r', n.Name[0]));
        Assert.NotEqual((byte)'r', ((byte[])FieldName.Control!)[0]);
        Assert.NotEqual((byte)'r', ((byte[])FieldName.DataKeys!)[0]);
    }

    [Fact]
    [Promise(13)]
    public async Task Prefixes_KeepStoresApart()
    {
        var server = await StartAsync();
        var one = await OpenAsync(server.ConnectionString, o => o.KeyPrefix = "one");
        var other = await OpenAsync(server.ConnectionString, o => o.KeyPrefix = "one:x");

        await ApplyAsync(one, 1, Session, Set("a", [1]));

        Assert.Null((await ReadAsync(other, A)).Meta);
        Assert.Equal("one:{clinic/reception}:r", server.Send("KEYS", "*"));
    }

    [Fact]
    [Promise(10)]
    public async Task Redis_HoldsNoNameButTheSessionsAndRecords()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, new AuthSessionId("cl{inic", "re/ception"), Set("a", [1]));

        Assert.Equal("hybridstore:{cl%7Binic/re%2Fception}:r", server.Send("KEYS", "*"));
    }

    private static string Tag(RedisKey key)
    {
        var text = (string)key!;
        var open = text.IndexOf('{', StringComparison.Ordinal);
        return text[(open + 1)..text.IndexOf('}', StringComparison.Ordinal)];
    }
}
