using System.Buffers.Binary;
using HybridStore.Codec;

namespace HybridStore.Properties.Codec.Mutations;

/// <summary>
/// Damages sealed envelopes at random, in every way that a disk, a program or somebody who wants to may: bits, ends, parts of two, swapped fields of the header, another
/// place's envelope, other bytes altogether. The same seed makes the same envelopes damaged in the same way, but for nonces and keys.
/// </summary>
internal sealed class EnvelopeMutator : IDisposable
{
    private const int Places = 16;

    private readonly EnvelopeCodec _codec;
    private readonly Random _random;
    private readonly DataKey[] _keys;
    private readonly Sealed[] _sealed;
    private readonly EnvelopeCipher _cipher;
    private readonly int _nonceSize;
    private byte[] _changed = new byte[64 * 1024];

    public EnvelopeMutator(EnvelopeCipher cipher, CipherSet ciphers, int seed)
    {
        _cipher = cipher;
        _nonceSize = ciphers.Find(cipher)!.NonceSize;
        _random = new Random(seed);
        _codec = new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = cipher, Ciphers = ciphers, CompressionThreshold = 1024 });
        _keys = [NewKey(1), NewKey(2)];
        _sealed = new Sealed[Places];
        for (var i = 0; i < Places; i++)
        {
            var session = new AuthSessionId($"tenant-{i % 3}", $"session-{i % 5}");
            var key = new AuthKey(i % 2 == 0 ? "pre-key" : "session", $"{i}");

            // None, small ones, such as are compressed, and some that are large.
            var value = new byte[i == 0 ? 0 : 1 << (i % 13)];
            if (i % 3 == 0)
                value.AsSpan().Fill((byte)'a');
            else
                _random.NextBytes(value);
            _sealed[i] = new Sealed(session, key, _codec.Seal(session, key, _keys[i % 2], value));
            if (_codec.TryOpen(session, key, _keys, _sealed[i].Envelope, out var opened) is not null || !opened.Span.SequenceEqual(value))
                throw new InvalidOperationException("What was sealed does not open, so that nothing would be shown by what does not.");
        }
    }

    /// <summary>What came of it, by fault.</summary>
    public long[] Faults { get; } = new long[Enum.GetValues<EnvelopeFault>().Max(static f => (int)f) + 1];

    /// <summary>What was done, by kind.</summary>
    public long[] Kinds { get; } = new long[Enum.GetValues<EnvelopeMutation>().Length];

    /// <summary>How many were damaged so that they were as they had been.</summary>
    public long Unchanged { get; private set; }

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
    }

    /// <summary>Damages one envelope and tries to open it, in its place or in another.</summary>
    public void Next()
    {
        var kind = (EnvelopeMutation)_random.Next(Kinds.Length);
        var from = _sealed[_random.Next(Places)];
        var place = from;
        var other = _sealed[_random.Next(Places)];
        var length = Copy(from.Envelope);
        switch (kind)
        {
            case EnvelopeMutation.FlipBits:
                for (var flips = 1 + _random.Next(4); flips > 0; flips--)
                    _changed[Place(length)] ^= (byte)(1 << _random.Next(8));
                break;
            case EnvelopeMutation.ReplaceByte:
                _changed[Place(length)] = (byte)_random.Next(256);
                break;
            case EnvelopeMutation.Truncate:
                length = _random.Next(length);
                break;
            case EnvelopeMutation.Extend:
                var more = 1 + _random.Next(40);
                _random.NextBytes(_changed.AsSpan(length, more));
                length += more;
                break;
            case EnvelopeMutation.CutOut:
                var start = _random.Next(length);
                var cut = Math.Min(1 + _random.Next(32), length - start);
                _changed.AsSpan(start + cut, length - start - cut).CopyTo(_changed.AsSpan(start));
                length -= cut;
                break;
            case EnvelopeMutation.Splice:
                var at = _random.Next(Math.Min(length, other.Envelope.Length));
                other.Envelope.AsSpan(at).CopyTo(_changed.AsSpan(at));
                length = other.Envelope.Length;
                break;
            case EnvelopeMutation.SwapHeader:
                other.Envelope.AsSpan(0, EnvelopeHeader.Size).CopyTo(_changed);
                break;
            case EnvelopeMutation.SwapNonce:
                other.Envelope.AsSpan(EnvelopeHeader.Size, _nonceSize).CopyTo(_changed.AsSpan(EnvelopeHeader.Size));
                break;
            case EnvelopeMutation.ChangeField:
                ChangeField();
                break;
            case EnvelopeMutation.OtherPlace:
                place = other;
                break;
            case EnvelopeMutation.RandomBox:
                _random.NextBytes(_changed.AsSpan(EnvelopeHeader.Size, length - EnvelopeHeader.Size));
                break;
            default:
                length = _random.Next(300);
                _random.NextBytes(_changed.AsSpan(0, length));
                break;
        }

        var envelope = _changed.AsSpan(0, length);

        // What stands in its own place as it was, opens, as it should: a splice of all of it, another byte that was the same.
        if (envelope.SequenceEqual(place.Envelope))
        {
            Unchanged++;
            return;
        }

        Kinds[(int)kind]++;
        var fault = _codec.TryOpen(place.Session, place.Key, _keys, envelope, out var value);
        if (fault is not { } named)
            throw new InvalidOperationException($"An envelope of {_cipher} opened after {kind}: {Convert.ToHexString(envelope[..Math.Min(length, 100)])}");
        if (!value.IsEmpty)
            throw new InvalidOperationException($"An envelope of {_cipher} that did not open after {kind} showed {value.Length} bytes.");
        Faults[(int)named]++;
    }

    private static DataKey NewKey(ulong id)
    {
        var bytes = new byte[KeyMaterial.Size];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return new DataKey(new DataKeyId(id), bytes);
    }

    private int Copy(byte[] envelope)
    {
        if (_changed.Length < envelope.Length + 64)
            _changed = new byte[envelope.Length + 64];
        envelope.CopyTo(_changed, 0);
        return envelope.Length;
    }

    // Half of it near the beginning, where most can be misread.
    private int Place(int length) => _random.Next(2) == 0 ? _random.Next(Math.Min(length, EnvelopeHeader.Size + _nonceSize)) : _random.Next(length);

    private void ChangeField()
    {
        switch (_random.Next(5))
        {
            case 0:
                _changed[2] = (byte)_random.Next(256);
                break;
            case 1:
                _changed[3] = (byte)_random.Next(8);
                break;
            case 2:
                _changed[4] = (byte)_random.Next(4);
                break;
            case 3:
                BinaryPrimitives.WriteUInt64BigEndian(_changed.AsSpan(5), (ulong)_random.Next(4));
                break;
            default:
                _changed[_random.Next(2)] ^= (byte)(1 + _random.Next(255));
                break;
        }
    }

    private sealed record Sealed(AuthSessionId Session, AuthKey Key, byte[] Envelope);
}
