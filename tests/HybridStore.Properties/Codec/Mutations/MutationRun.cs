using System.Globalization;
using HybridStore.Codec;

namespace HybridStore.Properties.Codec.Mutations;

/// <summary>Opens many damaged envelopes of one cipher, and looks at what is left in memory.</summary>
internal static class MutationRun
{
    /// <summary>How many envelopes of each cipher: more with HYBRIDSTORE_MUTATED_ENVELOPES.</summary>
    public static int Count { get; } = Number("HYBRIDSTORE_MUTATED_ENVELOPES", 100_000);

    /// <summary>Where the random numbers begin: another one with HYBRIDSTORE_MUTATED_SEED.</summary>
    public static int Seed { get; } = Number("HYBRIDSTORE_MUTATED_SEED", 1);

    // What other threads of the process keep meanwhile; a leak of one byte in an envelope would be as much in 100,000.
    private const long MostGrowth = 96 * 1024;

    public static void Run(EnvelopeCipher cipher, CipherSet ciphers)
    {
        using var mutator = new EnvelopeMutator(cipher, ciphers, Seed);

        // The first ones fill pools and caches that stay.
        for (var i = 0; i < 5_000; i++)
            mutator.Next();
        var before = Live();
        for (var i = 5_000; i < Count; i++)
            mutator.Next();
        var growth = Live() - before;

        TestContext.Current.SendDiagnosticMessage(
            "{0}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{cipher}: {mutator.Faults.Sum()} damaged envelopes, none opened; {mutator.Unchanged} had not changed; live memory grew by {growth} bytes; {string.Join(", ", Enum.GetValues<EnvelopeFault>().Where(f => mutator.Faults[(int)f] > 0).Select(f => $"{f} {mutator.Faults[(int)f]}"))}"));
        Assert.Equal(Count, mutator.Faults.Sum() + mutator.Unchanged);
        Assert.All(mutator.Kinds, static n => Assert.True(n > 0));
        Assert.All(
            (EnvelopeFault[])[EnvelopeFault.NotAnEnvelope, EnvelopeFault.Truncated, EnvelopeFault.UnknownFormat, EnvelopeFault.UnknownCipher, EnvelopeFault.UnknownCompression, EnvelopeFault.UnknownKey, EnvelopeFault.NotAuthentic],
            f => Assert.True(mutator.Faults[(int)f] > 0, $"Nothing was {f}."));
        Assert.True(growth < MostGrowth, $"Live memory grew by {growth} bytes over {Count} envelopes.");
    }

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : otherwise;
}
