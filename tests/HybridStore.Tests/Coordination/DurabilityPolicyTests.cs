using HybridStore.Coordination;

namespace HybridStore.Tests.Coordination;

public class DurabilityPolicyTests
{
    private static readonly DurabilityPolicy Default = new(new Dictionary<string, Durability>());

    [Theory]
    [InlineData("creds")]
    [InlineData("session")]
    [InlineData("pre-key")]
    [InlineData("sender-key")]
    [InlineData("identity-key")]
    [InlineData("app-state-sync-key")]
    [InlineData("a-type-of-next-year")]
    public void Of_WhatCanNotBeHadAgain_ColdIfItAnswers(string type) => Assert.Equal(Durability.PersistedElseQueued, Default.Of(type));

    [Theory]
    [InlineData("sender-key-memory")]
    [InlineData("lid-mapping")]
    [InlineData("device-list")]
    [InlineData("tctoken")]
    [InlineData("app-state-sync-version")]
    public void Of_WhatCanBeFetchedAgain_IsQueued(string type) => Assert.Equal(Durability.Queued, Default.Of(type));

    [Fact]
    public void Of_APatch_TheStrictestTypeDecides()
    {
        var patch = new AuthPatch().Set("device-list", "a", new byte[1]);
        Assert.Equal(Durability.Queued, Default.Of(patch));

        patch.Delete("pre-key", "1");
        Assert.Equal(Durability.PersistedElseQueued, Default.Of(patch));
    }

    [Theory]
    [InlineData(Durability.Queued)]
    [InlineData(Durability.Persisted)]
    public void Of_ADemand_OverridesThePolicy(Durability demanded) =>
        Assert.Equal(demanded, Default.Of(new AuthPatch().Set("session", "a", new byte[1]).Require(demanded)));

    [Fact]
    public void Of_AConfiguredType_IsAsConfigured()
    {
        var policy = new DurabilityPolicy(new Dictionary<string, Durability> { ["session"] = Durability.Queued, ["lid-mapping"] = Durability.Persisted });

        Assert.Equal(Durability.Queued, policy.Of("session"));
        Assert.Equal(Durability.Persisted, policy.Of(new AuthPatch().Set("session", "a", new byte[1]).Set("lid-mapping", "b", new byte[1])));
        Assert.Equal(Durability.PersistedElseQueued, policy.Of("pre-key"));
    }
}
