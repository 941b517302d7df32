using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>Writes a nonce that was never used before.</summary>
/// <param name="nonce">Where to, in full.</param>
internal delegate void NonceFill(Span<byte> nonce);

/// <summary>Random nonces. The platform's generator costs as much as sealing a small record, so each thread draws 4 KiB at a time.</summary>
internal static class NonceSource
{
    private const int BatchSize = 4096;

    [ThreadStatic]
    private static Batch? Current;

    /// <summary>Fills a nonce with random bytes; each byte drawn is handed out once.</summary>
    /// <param name="nonce">At most 4 KiB.</param>
    public static void Fill(Span<byte> nonce) => (Current ??= new Batch()).Take(nonce);

    private sealed class Batch
    {
        private readonly byte[] _bytes = new byte[BatchSize];
        private int _left;

        public void Take(Span<byte> nonce)
        {
            if (_left < nonce.Length)
            {
                RandomNumberGenerator.Fill(_bytes);
                _left = BatchSize;
            }

            _left -= nonce.Length;
            var fresh = _bytes.AsSpan(_left, nonce.Length);
            fresh.CopyTo(nonce);
            fresh.Clear();
        }
    }
}
