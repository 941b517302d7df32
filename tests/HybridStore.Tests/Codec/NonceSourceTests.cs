using System.Collections.Concurrent;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class NonceSourceTests
{
    // 12 random bytes repeat among 100,000 with a chance of 1 in 10^19: a repeat is a bug.
    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public async Task Fill_FromManyThreads_NeverRepeats(int size)
    {
        var seen = new ConcurrentDictionary<string, bool>();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() =>
        {
            var nonce = new byte[size];
            for (var i = 0; i < 10_000; i++)
            {
                NonceSource.Fill(nonce);
                Assert.True(seen.TryAdd(Convert.ToHexString(nonce), true));
            }
        })));

        Assert.Equal(100_000, seen.Count);
    }

    [Fact]
    public void Fill_OfMixedSizes_NeverGivesAByteOfTheBatchTwice()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 10_000; i++)
        {
            var nonce = new byte[i % 2 == 0 ? 12 : 24];
            NonceSource.Fill(nonce);

            // Any eight bytes in a row: overlapping draws would share some.
            for (var at = 0; at + 8 <= nonce.Length; at++)
                Assert.True(seen.Add(Convert.ToHexString(nonce, at, 8)));
        }
    }
}
