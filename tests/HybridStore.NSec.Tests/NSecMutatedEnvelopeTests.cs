using HybridStore.Codec;
using HybridStore.Properties.Codec.Mutations;

namespace HybridStore.NSec.Tests;

/// <summary>As the ciphers of the core: no damaged envelope opens.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class NSecMutatedEnvelopeTests
{
    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void TryOpen_Mutated_SaysWhyNotAndKeepsNothing(EnvelopeCipher cipher) => MutationRun.Run(cipher, NSecEnvelopeTests.All);
}
