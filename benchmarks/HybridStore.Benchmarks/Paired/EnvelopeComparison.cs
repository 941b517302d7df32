using System.Globalization;
using HybridStore.Benchmarks.Rows;
using HybridStore.Codec;

namespace HybridStore.Benchmarks.Paired;

/// <summary>Sealing and opening.</summary>
internal static class EnvelopeComparison
{
    private const int Line = 7;
    private const int Times = 2000;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(PairedOptions options)
    {
        var rows = new List<BenchRow>();
        foreach (var cipher in (EnvelopeCipher[])[EnvelopeCipher.XSalsa20Poly1305, EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305])
        {
            foreach (var size in (int[])[256, 4096])
            {
                var envelopes = new EnvelopeBenchmarks { Cipher = cipher, Size = size };
                envelopes.Setup();
                var name = string.Create(CultureInfo.InvariantCulture, $"{cipher}, {size} B");
                var result = await PairedRun.RunAsync(
                    [
                        new($"{name}: the primitive, with nonce and binding", Times, static () => { }, () => Many(envelopes.RawSealAndOpen)),
                        new("the codec", Times, static () => { }, () => Many(() => envelopes.SealAndOpen())),
                    ],
                    options.Rounds * 3,
                    warmUps: 10);
                rows.Add(BenchRow.AtMost(Line, $"seal and open, {name}: time beside the raw primitive with nonce and binding", 1 / result.Rate(1), "x time", 1.15, result.Tell(0, 1)));
            }
        }

        return rows;
    }

    private static Task Many<T>(Func<T> work)
    {
        for (var i = 0; i < Times; i++)
            _ = work();
        return Task.CompletedTask;
    }
}
