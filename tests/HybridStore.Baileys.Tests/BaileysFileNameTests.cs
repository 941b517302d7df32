namespace HybridStore.Baileys.Tests;

public class BaileysFileNameTests
{
    [Theory]
    [InlineData("creds", "creds", "creds.json")]
    [InlineData("pre-key", "1", "pre-key-1.json")]
    [InlineData("session", "5511910000000.0", "session-5511910000000.0.json")]
    [InlineData("session", "123_1.0", "session-123_1.0.json")]
    [InlineData("session", "5511999990000_128.99", "session-5511999990000_128.99.json")]
    [InlineData("identity-key", "123_1.17", "identity-key-123_1.17.json")]
    [InlineData("sender-key", "120363000000000000@g.us::5511910000000::0", "sender-key-120363000000000000@g.us--5511910000000--0.json")]
    [InlineData("sender-key", "120363000000000000@g.us::111_1::3", "sender-key-120363000000000000@g.us--111_1--3.json")]
    [InlineData("sender-key", "5511999990000-1400000000@g.us::5511910000000::0", "sender-key-5511999990000-1400000000@g.us--5511910000000--0.json")]
    [InlineData("sender-key", "status@broadcast::111_129::99", "sender-key-status@broadcast--111_129--99.json")]
    [InlineData("sender-key", "anything", "sender-key-anything.json")]
    [InlineData("sender-key-memory", "120363000000000000@g.us", "sender-key-memory-120363000000000000@g.us.json")]
    [InlineData("sender-key-memory", "5511999990000-1400000000@g.us", "sender-key-memory-5511999990000-1400000000@g.us.json")]
    [InlineData("app-state-sync-key", "INK9Fq+Z", "app-state-sync-key-INK9Fq+Z.json")]
    [InlineData("app-state-sync-key", "AAAA/ab+", "app-state-sync-key-AAAA__ab+.json")]
    [InlineData("app-state-sync-key", "//8=", "app-state-sync-key-____8=.json")]
    [InlineData("app-state-sync-key", "no_base64__key", "app-state-sync-key-no_base64__key.json")]
    [InlineData("app-state-sync-version", "critical_unblock_low", "app-state-sync-version-critical_unblock_low.json")]
    [InlineData("lid-mapping", "5511910000000", "lid-mapping-5511910000000.json")]
    [InlineData("lid-mapping", "111000000000000_reverse", "lid-mapping-111000000000000_reverse.json")]
    [InlineData("device-list", "5511910000000", "device-list-5511910000000.json")]
    [InlineData("tctoken", "__index", "tctoken-__index.json")]
    [InlineData("tctoken", "5511910000000@s.whatsapp.net", "tctoken-5511910000000@s.whatsapp.net.json")]
    [InlineData("tctoken", "5511910000000:12@s.whatsapp.net", "tctoken-5511910000000-12@s.whatsapp.net.json")]
    [InlineData("tctoken", "111_1:99@hosted.lid", "tctoken-111_1-99@hosted.lid.json")]
    [InlineData("contacts-tc-token", "5511910000000@s.whatsapp.net", "contacts-tc-token-5511910000000@s.whatsapp.net.json")]
    [InlineData("foo-bar", "1", "foo-bar-1.json")]
    [InlineData("foo-bar", "5511999-123@g.us", "foo-bar-5511999-123@g.us.json")]
    [InlineData("foo", "bar", "foo-bar.json")]
    [InlineData("foo-bar", "baz", "foo-bar-baz.json")]
    [InlineData("foo", "Bar-baz", "foo-Bar-baz.json")]
    [InlineData("foo", "bar_x", "foo-bar_x.json")]
    [InlineData("foo", "__index", "foo-__index.json")]
    [InlineData("foo", "bar-", "foo-bar-.json")]
    [InlineData("Foo", "1", "Foo-1.json")]
    [InlineData("ação", "ñ", "ação-ñ.json")]
    [InlineData("foo", ".json", "foo-.json.json")]
    public void TryToKey_NameOfARecord_GivesTheRecordAndBack(string type, string id, string name)
    {
        Assert.True(BaileysFileName.TryToKey(name, out var key));
        Assert.Equal(new AuthKey(type, id), key);
        Assert.Equal(name, BaileysFileName.FromKey(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".json")]
    [InlineData("creds")]
    [InlineData("Creds.json")]
    [InlineData("creds-creds.json")]
    [InlineData("creds-old.json")]
    [InlineData("package.json")]
    [InlineData("session-.json")]
    [InlineData("sender-key-memory-.json")]
    [InlineData("-1.json")]
    [InlineData("session-1.0.JSON")]
    [InlineData("session-1.0.json.tmp")]
    [InlineData("sender-key-a::b::0.json")]
    [InlineData("a/session-1.0.json")]
    public void TryToKey_NoRecordsName_IsRefused(string name) => Assert.False(BaileysFileName.TryToKey(name, out _));

    [Fact]
    public void TryToKey_HalfASurrogatePair_IsRefused() => Assert.False(BaileysFileName.TryToKey($"session-{'\ud800'}.json", out _));

    [Fact]
    public void TryToKey_AnyName_RoundTripsOrIsRefused()
    {
        string[] pieces =
        [
            "session", "sender-key", "sender-key-memory", "app-state-sync-key", "tctoken", "pre-key", "creds", "foo", "-", "-", "--", "_", "__", "___",
            "1", "55", "@g.us", "@s.whatsapp.net", "@lid", "A", "a", "+", "=", ".", "0", "é", " ", "\n", "__index", ".json",
        ];
        var random = new Random(7);
        var accepted = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)])) + ".json";
            if (!BaileysFileName.TryToKey(name, out var key))
                continue;
            accepted++;
            Assert.Equal(name, BaileysFileName.FromKey(key));
        }

        Assert.InRange(accepted, 100_000, 200_000);
    }

    [Fact]
    public void TryToKey_SampleFolder_KnowsEveryType()
    {
        var types = Directory.EnumerateFiles(SampleState.Folder)
            .Select(f => BaileysFileName.TryToKey(Path.GetFileName(f), out var key) ? key.Type : "none").ToHashSet();
        Assert.Equal(
            [
                "app-state-sync-key", "app-state-sync-version", "creds", "device-list", "identity-key", "lid-mapping", "pre-key", "sender-key",
                "sender-key-memory", "session", "tctoken",
            ],
            types.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tctoken", "a:b/c", "tctoken-a-b__c.json")]
    [InlineData("a/b:c", "x", "a__b-c-x.json")]
    public void FromKey_AnyRecord_EscapesLikeBaileys(string type, string id, string name) => Assert.Equal(name, BaileysFileName.FromKey(new AuthKey(type, id)));

    [Fact]
    public void FromKey_Default_IsRefused() => Assert.Throws<InvalidAuthInputException>(() => BaileysFileName.FromKey(default));
}
