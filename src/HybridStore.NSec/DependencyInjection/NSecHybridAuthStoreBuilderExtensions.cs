using HybridStore;
using HybridStore.DependencyInjection;
using HybridStore.NSec;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the ciphers of NSec.</summary>
public static class NSecHybridAuthStoreBuilderExtensions
{
    /// <summary>Adds XChaCha20-Poly1305 and AEGIS-256: both can be chosen as <see cref="EncryptionOptions.Cipher"/>, and what was sealed with them can be read.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <returns>The builder.</returns>
    public static IHybridAuthStoreBuilder UseNSec(this IHybridAuthStoreBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<HybridAuthStoreOptions>(
            builder.OptionsName, static o => o.Encryption.AddCipher(NSecCipher.XChaCha20Poly1305).AddCipher(NSecCipher.Aegis256));
        return builder;
    }
}
