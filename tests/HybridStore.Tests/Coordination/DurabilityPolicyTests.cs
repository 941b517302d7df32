using HybridStore.Coordination;

namespace HybridStore.Tests.Coordination;

public class DurabilityPolicyTests
{
    [Theory]
    [InlineData("creds")]
    [InlineData("session")]
    [InlineData("pre-key")]
    [InlineData("sender-key")]
    [InlineData("identity-key")]
    [InlineData("app-state-sync-key")]
    [InlineData("a-type-of-next-year")]
    public void Of_WhatCanNotBeHadAgain_ColdIfItAnswers(string type) => Assert.Equal(Durability.PersistedElseQueued, DurabilityPolicy.Of(type));

    [Fact]
    public void Of_APatch_TheStrictestTypeDecides()
    {
        var patch = new AuthPatch().Set("device-list", "a", new byte[1]);
        Assert.Equal(Durability.Queued, DurabilityPolicy.Of(patch));

        patch.Delete("pre-key", "1");
        Assert.Equal(Durability.PersistedElseQueued, DurabilityPolicy.Of(patch));
    }

    [Theory]
    [InlineData(Durability.Queued)]
    [InlineData(Durability.Persisted)]
    public void Of_ADemand_OverridesThePolicy(Durability demanded) =>
        Assert.Equal(demanded, DurabilityPolicy.Of(new AuthPatch().Set("session", "a", new byte[1]).Require(demanded)));
}
