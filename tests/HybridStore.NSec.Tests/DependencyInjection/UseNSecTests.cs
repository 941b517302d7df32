using HybridStore.Codec;
using HybridStore.InMemory;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.NSec.Tests.DependencyInjection;

public class UseNSecTests
{
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public async Task UseNSec_WithTheCipherChosen_SealsWithIt_AndAnotherStoreReadsTheMix(EnvelopeCipher cipher)
    {
        var token = TestContext.Current.CancellationToken;
        var masterKey = MasterKey.Generate().ToBase64();
        var cold = new InMemoryColdTier();
        var first = new AuthKey("session", "1");
        var second = new AuthKey("session", "2");
        await using var before = Services(cold, masterKey, cipher);
        await before.GetRequiredService<IAuthStateStore>().CommitAsync(Session, new AuthPatch().Set(first, new byte[] { 1 }), token);
        await using var after = Services(cold, masterKey, EnvelopeCipher.ChaCha20Poly1305);
        var store = after.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(Session, new AuthPatch().Set(second, new byte[] { 2 }), token);

        Assert.Equal([1], (await store.GetAsync(Session, first, token)).Value.ToArray());
        Assert.Equal([2], (await store.GetAsync(Session, second, token)).Value.ToArray());
        var read = await cold.ReadAsync(Session, [first, second], withDataKeys: true, token);
        Assert.Equal((byte)cipher, read.Records[0].Envelope.Span[3]);
        Assert.Equal((byte)EnvelopeCipher.ChaCha20Poly1305, read.Records[1].Envelope.Span[3]);
        Assert.Equal((byte)cipher, read.DataKeys[0].Bytes.Span[3]);
    }

    [Fact]
    public async Task UseNSec_Twice_IsAsOnce()
    {
        await using var services = Services(new InMemoryColdTier(), MasterKey.Generate().ToBase64(), EnvelopeCipher.Aegis256, times: 2);

        Assert.NotNull(services.GetRequiredService<IAuthStateStore>());
    }

    private static ServiceProvider Services(InMemoryColdTier cold, string masterKey, EnvelopeCipher cipher, int times = 1)
    {
        var services = new ServiceCollection();
        var builder = services.AddHybridAuthStore(o =>
        {
            o.Encryption.MasterKey = masterKey;
            o.Encryption.Cipher = cipher;
        }).UseColdTier(_ => cold);
        for (var i = 0; i < times; i++)
            builder.UseNSec();
        return services.BuildServiceProvider();
    }
}
