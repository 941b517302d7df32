using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public sealed class PlatformKeyedCipherTests : IDisposable
{
    private readonly Counting _keyed = new();

    public void Dispose() => _keyed.Dispose();

    [Fact]
    public void Use_OneAfterTheOther_TakesOneObject()
    {
        for (var i = 0; i < 10; i++)
        {
            _keyed.Seal([], [], [1], new byte[17]);
            Assert.True(_keyed.TryOpen([], [], new byte[17], new byte[1]));
        }

        Assert.Single(_keyed.Made);
        Assert.False(_keyed.Made[0].IsDisposed);
    }

    // Whoever tries forged boxes must not use up objects.
    [Fact]
    public void Use_ThatFails_GivesTheObjectBack()
    {
        _keyed.Forged = true;
        for (var i = 0; i < 10; i++)
            Assert.False(_keyed.TryOpen([], [], new byte[17], new byte[1]));
        _keyed.Forged = false;
        _keyed.Broken = true;
        for (var i = 0; i < 10; i++)
            Assert.Throws<CryptographicException>(() => _keyed.Seal([], [], [1], new byte[17]));

        Assert.Single(_keyed.Made);
    }

    [Fact]
    public async Task Use_ByManyAtOnce_NeverSharesAnObject_AndKeepsFour()
    {
        using var together = new Barrier(7);
        _keyed.Together = together;

        await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => Task.Factory.StartNew(
            () => _keyed.Seal([], [], [1], new byte[17]), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(7, _keyed.Made.Count);
        Assert.Equal(3, _keyed.Made.Count(made => made.IsDisposed));
    }

    [Fact]
    public void Dispose_AfterUse_DisposesOfTheObjects()
    {
        _keyed.Seal([], [], [1], new byte[17]);

        _keyed.Dispose();

        Assert.True(Assert.Single(_keyed.Made).IsDisposed);
    }

    /// <summary>In place of one of the platform's classes, which don't tell how many there are.</summary>
    private sealed class Algorithm : IDisposable
    {
        private int _users;

        public bool IsDisposed { get; private set; }

        public void Use(Barrier? together)
        {
            Assert.False(IsDisposed);
            Assert.Equal(1, Interlocked.Increment(ref _users));
            together?.SignalAndWait(TimeSpan.FromMinutes(1));
            Interlocked.Decrement(ref _users);
        }

        public void Dispose()
        {
            Assert.False(IsDisposed);
            IsDisposed = true;
        }
    }

    private sealed class Counting() : PlatformKeyedCipher<Algorithm>(new Aes256GcmCipher(), new byte[KeyMaterial.Size])
    {
        public List<Algorithm> Made { get; } = [];

        public bool Forged { get; set; }

        public bool Broken { get; set; }

        public Barrier? Together { get; set; }

        protected override Algorithm Create(ReadOnlySpan<byte> key)
        {
            var algorithm = new Algorithm();
            lock (Made)
                Made.Add(algorithm);
            return algorithm;
        }

        protected override void Encrypt(
            Algorithm algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData)
        {
            algorithm.Use(Together);
            if (Broken)
                throw new CryptographicException("It is broken.");
        }

        protected override void Decrypt(
            Algorithm algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
        {
            algorithm.Use(Together);
            if (Forged)
                throw new AuthenticationTagMismatchException();
        }
    }
}
