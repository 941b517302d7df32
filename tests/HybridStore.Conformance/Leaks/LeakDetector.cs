using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridStore.Conformance.Leaks;

/// <summary>
/// Finds secrets in bytes and in text: as they are, in hex of either case, in base64 of either alphabet at any alignment, and each of these in UTF-16. A part of a secret is
/// found too, where it is twice <see cref="FragmentSize"/> long.
/// </summary>
/// <remarks>
/// A secret is cut into fragments, and what is searched is looked through byte by byte, decoded in every way that it can be. What has few different bytes could be anywhere
/// by chance, and is not searched for. Safe to use from any number of threads.
/// </remarks>
public sealed class LeakDetector
{
    /// <summary>How many bytes of a secret are searched for at a time: 12.</summary>
    public const int FragmentSize = 12;

    /// <summary>The shortest secret that is searched for, in bytes: 8.</summary>
    public const int MinSecretBytes = 8;

    private const int MinDifferentBytes = 6;
    private const int MaxFragments = 256;

    // Where this many beginnings are known, a few fragments of each further secret do: a search must not take longer than what it watches.
    private const int ManyFragments = 50_000;
    private const int FewFragments = 4;
    private const int BeginningBits = 20;
    private const int MaxOfOneBeginning = 64;

    // Whole databases are searched: what each byte is costs one look.
    private static readonly bool[] OfHex = [.. Enumerable.Range(0, 256).Select(static c => Hex((byte)c) >= 0 || c is '-' or ' ' or ':')];
    private static readonly bool[] OfBase64 = [.. Enumerable.Range(0, 256).Select(static c => Sextet((byte)c) >= 0)];

    private readonly ConcurrentDictionary<ulong, Fragment[]> _fragments = new();
    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    // Most of what is searched ends here: whether any fragment begins so is one bit away.
    private readonly byte[] _begins = new byte[1 << (BeginningBits - 3)];
    private long _searched;

    /// <summary>How many beginnings of fragments are searched for.</summary>
    public int Count => _fragments.Count;

    /// <summary>How many bytes were searched.</summary>
    public long SearchedBytes => Interlocked.Read(ref _searched);

    /// <summary>Searches for a secret from now on.</summary>
    /// <param name="name">What it is, to be told when it is found; never a part of it.</param>
    /// <param name="secret">The secret. Too short or too plain, it is left out.</param>
    /// <returns>Whether it is searched for.</returns>
    public bool Add(string name, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretBytes)
            return false;
        var added = false;
        var size = Math.Min(FragmentSize, secret.Length);
        var count = secret.Length / size;
        var step = size * Math.Max(1, count / (_fragments.Count < ManyFragments ? MaxFragments : FewFragments));
        for (var at = 0; at + size <= secret.Length; at += step)
            added |= AddFragment(name, secret.Slice(at, size));
        added |= AddFragment(name, secret[^size..]);
        return added;
    }

    /// <summary>Searches for a secret that is text, such as a password.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>Whether it is searched for.</returns>
    public bool Add(string name, string secret) => Add(name, Encoding.UTF8.GetBytes(secret));

    /// <summary>Says that a text may stand anywhere, as names do: a value that is the same, or a part of it, is none to be searched for.</summary>
    /// <param name="text">The name of a tenant or a session, a record's type or its id.</param>
    public void Allow(string text) => _names.TryAdd(text, 0);

    /// <summary>Searches text, such as a line of a log.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The first secret that is there, or <see langword="null"/>.</returns>
    public FoundSecret? Find(string text) => text.Length < MinSecretBytes ? null : Find(Encoding.UTF8.GetBytes(text));

    /// <summary>Searches bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The first secret that is there, or <see langword="null"/>.</returns>
    public FoundSecret? Find(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Add(ref _searched, bytes.Length);
        return FindIn(bytes, "as it is") ?? FindEncoded(bytes, "") ?? FindInUtf16(bytes);
    }

    private bool AddFragment(string name, ReadOnlySpan<byte> bytes)
    {
        if (Different(bytes) < MinDifferentBytes)
            return false;
        var key = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var fragment = new Fragment(name, bytes.ToArray());
        _fragments.AddOrUpdate(
            key,
            static (_, added) => [added],
            static (_, known, added) => known.Length == MaxOfOneBeginning || Array.Exists(known, f => f.Bytes.AsSpan().SequenceEqual(added.Bytes)) ? known : [.. known, added],
            fragment);
        var beginning = Beginning(bytes);
        lock (_begins)
            _begins[beginning >> 3] |= (byte)(1 << (beginning & 7));
        return true;
    }

    // Of the first three bytes.
    private static int Beginning(ReadOnlySpan<byte> bytes) => (int)((uint)((bytes[0] | (bytes[1] << 8) | (bytes[2] << 16)) * unchecked((int)0x9E3779B1)) >> (32 - BeginningBits));

    private static int Different(ReadOnlySpan<byte> bytes)
    {
        Span<byte> sorted = stackalloc byte[FragmentSize];
        sorted = sorted[..bytes.Length];
        bytes.CopyTo(sorted);
        sorted.Sort();
        var different = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] != sorted[i - 1])
                different++;
        }

        return different;
    }

    private FoundSecret? FindIn(ReadOnlySpan<byte> bytes, string form)
    {
        for (var at = 0; at + MinSecretBytes <= bytes.Length; at++)
        {
            var beginning = Beginning(bytes[at..]);
            if ((_begins[beginning >> 3] & (1 << (beginning & 7))) == 0 || !_fragments.TryGetValue(BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]), out var fragments))
                continue;
            foreach (var fragment in fragments)
            {
                if (bytes[at..].StartsWith(fragment.Bytes) && !IsInAName(fragment))
                    return new FoundSecret(fragment.Name, form);
            }
        }

        return null;
    }

    private FoundSecret? FindEncoded(ReadOnlySpan<byte> text, string prefix)
    {
        var decoded = new byte[text.Length];
        foreach (var run in new Runs(text, OfHex, MinSecretBytes * 2))
        {
            for (var skipped = 0; skipped < 2; skipped++)
            {
                if (FindIn(DecodeHex(text[run], skipped, decoded), prefix + "in hex") is { } found)
                    return found;
            }
        }

        // A plus sign in JSON is often written with a backslash.
        var plain = Unescape(text);
        if (plain.Length > decoded.Length)
            decoded = new byte[plain.Length];
        foreach (var run in new Runs(plain, OfBase64, MinSecretBytes * 4 / 3))
        {
            for (var skipped = 0; skipped < 4; skipped++)
            {
                if (FindIn(DecodeBase64(plain[run], skipped, decoded), prefix + "in base64") is { } found)
                    return found;
            }
        }

        return null;
    }

    private FoundSecret? FindInUtf16(ReadOnlySpan<byte> bytes)
    {
        // Either half of the pairs may be the zeros, and the text may begin at an odd place: what is between the zeros is the text.
        if (bytes.Length < MinSecretBytes * 2 || bytes.IndexOf((byte)0) < 0)
            return null;
        for (var start = 0; start < 2; start++)
        {
            if (!MayBeUtf16(bytes[start..]))
                continue;
            var text = new byte[(bytes.Length - start) / 2];
            var length = 0;
            for (var at = start; at + 1 < bytes.Length; at += 2)
            {
                var unit = bytes[at] | (bytes[at + 1] << 8);

                // Anything but a character of one byte ends the text. Beyond ASCII, UTF-8 has two bytes for it, which no secret in text is without luck.
                text[length++] = unit < 0x80 ? (byte)unit : (byte)0;
            }

            if (FindIn(text.AsSpan(0, length), "in UTF-16") is { } found)
                return found;
            if (FindEncoded(text.AsSpan(0, length), "in UTF-16, ") is { } encoded)
                return encoded;
        }

        return null;
    }

    // Whether there are as many characters of one byte in a row as the shortest secret has.
    private static bool MayBeUtf16(ReadOnlySpan<byte> bytes)
    {
        var inARow = 0;
        foreach (var unit in MemoryMarshal.Cast<byte, ushort>(bytes))
        {
            inARow = unit is > 0 and < 0x80 ? inARow + 1 : 0;
            if (inARow == MinSecretBytes)
                return true;
        }

        return false;
    }

    private bool IsInAName(Fragment fragment)
    {
        if (fragment.IsAllowed)
            return true;
        foreach (var (name, _) in _names)
        {
            if (Encoding.UTF8.GetBytes(name).AsSpan().IndexOf(fragment.Bytes) >= 0)
                return fragment.IsAllowed = true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> DecodeHex(ReadOnlySpan<byte> run, int skipped, byte[] decoded)
    {
        var length = 0;
        var high = -1;
        foreach (var c in run)
        {
            // Separators, as BitConverter writes them.
            if (Hex(c) is not (var digit and >= 0))
                continue;
            if (skipped > 0)
            {
                skipped--;
            }
            else if (high < 0)
            {
                high = digit;
            }
            else
            {
                decoded[length++] = (byte)((high << 4) | digit);
                high = -1;
            }
        }

        return decoded.AsSpan(0, length);
    }

    private static ReadOnlySpan<byte> DecodeBase64(ReadOnlySpan<byte> run, int skipped, byte[] decoded)
    {
        var (length, bits, count) = (0, 0, 0);
        foreach (var c in run[Math.Min(skipped, run.Length)..])
        {
            bits = (bits << 6) | Sextet(c);
            count += 6;
            if (count < 8)
                continue;
            count -= 8;
            decoded[length++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }

        return decoded.AsSpan(0, length);
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("\\u00"u8) < 0 && text.IndexOf("\\/"u8) < 0)
            return text;
        var plain = Encoding.Latin1.GetString(text)
            .Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase)
            .Replace("\\u002F", "/", StringComparison.OrdinalIgnoreCase)
            .Replace("\\/", "/", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(plain);
    }

    private static int Hex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };

    private static int Sextet(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };

    private sealed class Fragment(string name, byte[] bytes)
    {
        public string Name { get; } = name;

        public byte[] Bytes { get; } = bytes;

        public bool IsAllowed { get; set; }
    }

    /// <summary>The runs of one kind of bytes that are long enough to be of interest.</summary>
    private ref struct Runs(ReadOnlySpan<byte> bytes, bool[] isOfIt, int shortest)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public Range Current { get; private set; }

        public readonly Runs GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_at < _bytes.Length)
            {
                while (_at < _bytes.Length && !isOfIt[_bytes[_at]])
                    _at++;
                var start = _at;
                while (_at < _bytes.Length && isOfIt[_bytes[_at]])
                    _at++;
                if (_at - start < shortest)
                    continue;
                Current = start.._at;
                return true;
            }

            return false;
        }
    }
}
