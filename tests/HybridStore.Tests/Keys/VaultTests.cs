namespace HybridStore.Tests.Keys;

/// <summary>The example of a key management service, over HTTP, against a server that does what Vault does.</summary>
public sealed class VaultTests : IAsyncDisposable
{
    private readonly KeyFixture _fixture = new();
    private readonly FakeVault _vault = new();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _vault.Dispose();
    }

    [Fact]
    public async Task Sessions_UnderKeysThatVaultWraps_CostARequestForAStart()
    {
        var (first, _) = _fixture.Open(Vault(FakeVault.Token));
        for (var i = 0; i < 20; i++)
            await KeyFixture.WriteAsync(first, KeyFixture.Numbered(i));
        await first.KeyRing.RotateAsync(cancellationToken: KeyFixture.Cancel);
        await first.KeyRing.RewrapAsync(cancellationToken: KeyFixture.Cancel);
        var before = _vault.Requests;

        var (second, _) = _fixture.Open(Vault(FakeVault.Token));
        for (var i = 0; i < 20; i++)
            Assert.Equal(1, await KeyFixture.ReadAsync(second, KeyFixture.Numbered(i)));

        Assert.Equal(before + 1, _vault.Requests);
        Assert.All(await second.KeyRing.ListAsync(KeyFixture.Cancel), static k => Assert.Equal(("vault", true), (k.Source, k.IsAvailable)));
    }

    [Fact]
    public async Task Vault_RefusesOrIsSealed_IsUnavailable()
    {
        await KeyFixture.WriteAsync(_fixture.Open(Vault(FakeVault.Token)).Store, KeyFixture.Session);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Open(Vault("another token")).Store.InitializeAsync(KeyFixture.Cancel));
        Assert.Equal("vault", refused.Tier);
        _vault.IsSealed = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Open(Vault(FakeVault.Token)).Store.InitializeAsync(KeyFixture.Cancel));
        _vault.IsSealed = false;
        Assert.Equal(1, await KeyFixture.ReadAsync(_fixture.Open(Vault(FakeVault.Token)).Store, KeyFixture.Session));
    }

    [Fact]
    public async Task Vault_LostItsKey_IsNoKeyOfTheRing()
    {
        await KeyFixture.WriteAsync(_fixture.Open(Vault(FakeVault.Token)).Store, KeyFixture.Session);
        using var other = new FakeVault();

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Open(Vault(FakeVault.Token, other.Address)).Store.InitializeAsync(KeyFixture.Cancel));

        Assert.Contains("does not open the active master key", error.Message, StringComparison.Ordinal);
    }

    private Action<EncryptionOptions> Vault(string token, Uri? address = null)
    {
        var http = new HttpClient { BaseAddress = address ?? _vault.Address, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.ConnectionClose = true; // The listener may close one that is idle just when it is used again.
        http.DefaultRequestHeaders.Add("X-Vault-Token", token);
        return options =>
        {
            options.MasterKey = null;
            options.UseMasterKeyProvider(new VaultTransitProvider(http, "bots"));
        };
    }
}
