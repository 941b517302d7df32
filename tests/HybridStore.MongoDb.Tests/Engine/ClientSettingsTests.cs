using HybridStore.MongoDb.Engine;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Tests.Engine;

public sealed class ClientSettingsTests
{
    [Fact]
    public void Parse_ConnectionString_GivesServersAndDatabase()
    {
        var (settings, database) = ClientSettings.Parse("mongodb://bot:pass@a:1,b:2/bots?replicaSet=rs0");
        Assert.Equal(("bots", "rs0", 2), (database, settings.ReplicaSetName, settings.Servers.Count()));
    }

    [Theory]
    [InlineData("mongodb://bot:secret@localhost")]
    [InlineData("mongodb://bot:secret@localhost/?replicaSet=rs0")]
    [InlineData("mongodb://bot:secr@et@localhost/bots")]
    [InlineData("mongodb://bot:secret@localhost/bots?maxPoolSize=none")]
    [InlineData("redis://bot:secret@localhost/bots")]
    [InlineData("secret")]
    public void Parse_WhatIsNone_IsRefusedWithoutShowingIt(string text)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ClientSettings.Parse(text));
        Assert.DoesNotContain("secr", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Own_ServerSelection_IsNoLongerThanACall()
    {
        var own = ClientSettings.Own(new MongoClientSettings(), new MongoDbColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(2) });
        Assert.Equal((TimeSpan.FromSeconds(2), "hybridstore"), (own.ServerSelectionTimeout, own.ApplicationName));
    }
}
