using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.ExceptionServices;
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

    // A thread that has drawn nothing yet draws first.
    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    [InlineData(4096)]
    public void Fill_OnANewThread_GivesRandomBytes(int size) => OnANewThread(() =>
    {
        var nonce = new byte[size];

        NonceSource.Fill(nonce);

        Assert.NotEqual(new byte[size], nonce);
        Assert.Equal(4096 - size, Left());
    });

    // What is left is too little for a nonce of 24 bytes, and just enough for two of 8.
    [Fact]
    public void Fill_AtTheEndOfABatch_DrawsAnotherOneOnlyIfTooLittleIsLeft() => OnANewThread(() =>
    {
        NonceSource.Fill(new byte[4080]);

        NonceSource.Fill(new byte[8]);
        Assert.Equal(8, Left());
        NonceSource.Fill(new byte[8]);
        Assert.Equal(0, Left());
        NonceSource.Fill(new byte[24]);
        Assert.Equal(4072, Left());
        NonceSource.Fill(new byte[4070]);
        NonceSource.Fill(new byte[24]);
        Assert.Equal(4072, Left());
    });

    // Whoever gets hold of the batch later can't tell the nonces that were given.
    [Fact]
    public void Fill_OfANonce_KeepsNoCopyOfIt() => OnANewThread(() =>
    {
        var nonce = new byte[24];

        NonceSource.Fill(nonce);

        Assert.Equal(-1, Batch<byte[]>("_bytes").AsSpan().IndexOf(nonce));
        Assert.Equal(new byte[24], Batch<byte[]>("_bytes")[^24..]);
    });

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

    private static int Left() => Batch<int>("_left");

    private static T Batch<T>(string field)
    {
        var batch = typeof(NonceSource).GetField("Current", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        return Assert.IsType<T>(batch.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(batch));
    }

    // Each thread has a batch of its own, and those of the pool may have begun theirs.
    private static void OnANewThread(Action test)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(test));
        thread.Start();
        thread.Join();
        if (thrown is not null)
            ExceptionDispatchInfo.Throw(thrown);
    }
}
