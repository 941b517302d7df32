using HybridStore.Codec;

namespace HybridStore.Properties.Codec.Mutations;

/// <summary>No damaged envelope opens, none does anything but to say why not, and none stays in memory.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class MutatedEnvelopeTests
{
    public static TheoryData<EnvelopeCipher> Ciphers { get; } =
        LibSodium.IsAvailable
            ? [EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305, EnvelopeCipher.XSalsa20Poly1305]
            : [EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void TryOpen_Mutated_SaysWhyNotAndKeepsNothing(EnvelopeCipher cipher) => MutationRun.Run(cipher, CipherSet.BuiltIn);
}
