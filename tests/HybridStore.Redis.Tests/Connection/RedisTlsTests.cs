using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>A server that speaks TLS.</summary>
public sealed class RedisTlsTests : RedisTierTest
{
    [Fact]
    public async Task Tls_CertificateTrusted_Works()
    {
        var server = Keep(await TlsServer.StartAsync());
        var tier = Begin(server.Trusting());
        await Eventually.ConnectedAsync(tier);
        await AdoptAsync(tier);

        Assert.Equal(HybridStore.Tiers.HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel)).Status);

        Assert.Equal(2, (await ReadAsync(tier, A)).Meta!.Version);
        Assert.True(tier.Outbox.KeepsEverything);
    }

    [Fact]
    public async Task Tls_AfterARestart_ConnectsAgain()
    {
        var server = Keep(await TlsServer.StartAsync());
        var tier = Begin(server.Trusting());
        await Eventually.ConnectedAsync(tier);
        var run = tier.RunId;

        await server.Plain.RestartAsync();

        await Eventually.TrueAsync(async () => await tier.InspectAsync(Cancel) is { IsConnected: true } report && report.RunId != run, "the new run");
    }

    /// <summary>Neither an authority that nobody trusts, nor a certificate of another name: no byte goes to such a server, and what is wrong is named.</summary>
    [Theory]
    [InlineData(false, "localhost")]
    [InlineData(true, "redis.example")]
    [Promise(12)]
    public async Task Tls_CertificateNotTrusted_IsNamedAndRefused(bool authority, string name)
    {
        var server = Keep(await TlsServer.StartAsync());
        var text = server.ConnectionString.Replace("sslHost=localhost", $"sslHost={name},password=hunter2-secret", StringComparison.Ordinal);
        var tier = authority ? Begin(server.Trusting(text)) : Begin(text);

        StoreUnavailableException? e = null;
        await Eventually.TrueAsync(
            async () =>
            {
                e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(tier, A));
                return e.Message.Contains("certificate", StringComparison.Ordinal);
            },
            "the reason");

        Assert.DoesNotContain("password", e!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.All(Log.Lines, l => Assert.DoesNotContain("hunter2", l.Text, StringComparison.Ordinal));
        Assert.Equal("0", server.Plain.Send("DBSIZE"));
    }
}
