using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>The key that the data keys of sessions are wrapped under: 32 random bytes, which are worth as much as everything they protect.</summary>
/// <remarks>A passphrase is not a key. Make one with <c>hybridstore keygen</c> or <c>openssl rand -base64 32</c>, and keep it where the database is not.</remarks>
public sealed class MasterKey : IDisposable
{
    /// <summary>The size of a master key in bytes: 32.</summary>
    public const int Size = KeyMaterial.Size;

    internal const string HowToMakeOne = "Make one with `hybridstore keygen` or `openssl rand -base64 32`.";

    private MasterKey(ReadOnlySpan<byte> bytes)
    {
        Material = new KeyMaterial(bytes, "HybridStore/wrap"u8);
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        Material.Derive("HybridStore/master-key-id"u8, id);
        Fingerprint = BinaryPrimitives.ReadUInt64BigEndian(id);
        Id = Describe(Fingerprint);
    }

    /// <summary>Names the key without telling anything of it: sixteen hexadecimal digits, derived one-way. Every wrapped data key carries it.</summary>
    public string Id { get; }

    internal ulong Fingerprint { get; }

    internal KeyMaterial Material { get; }

    /// <summary>Reads a key from a setting.</summary>
    /// <param name="text">Exactly 32 bytes in base64 (standard or url-safe, with or without padding) or in hex. White space around it is ignored.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="MasterKeyException">There is none, it is something else, or all its bytes are equal. The message never shows the text.</exception>
    public static MasterKey Parse(string? text) => Parse(text.AsSpan());

    /// <inheritdoc cref="Parse(string?)"/>
    internal static MasterKey Parse(ReadOnlySpan<char> text)
    {
        var key = text.Trim();
        if (key.IsEmpty)
            throw new MasterKeyException(MasterKeyFault.Missing, $"No master key was given. {HowToMakeOne}");

        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            return TryDecode(key, bytes) ? FromBytes(bytes) : throw Malformed();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Takes a key from bytes, which are copied.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <returns>The key; the caller disposes it.</returns>
    /// <exception cref="MasterKeyException">There are none, there are more or fewer, or all are equal.</exception>
    public static MasterKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new MasterKeyException(MasterKeyFault.Missing, $"No master key was given. {HowToMakeOne}");
        if (bytes.Length != Size)
            throw Malformed();
        if (!bytes.ContainsAnyExcept(bytes[0]))
        {
            throw new MasterKeyException(
                MasterKeyFault.Trivial, $"All bytes of the master key are equal: this is a placeholder, not a key. {HowToMakeOne}");
        }

        return new MasterKey(bytes);
    }

    /// <summary>Makes a new key from the platform's random numbers.</summary>
    /// <returns>The key; the caller disposes it.</returns>
    public static MasterKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        try
        {
            return new MasterKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Writes the key itself, to be kept somewhere safe. A string can't be cleared: this is for making keys, not for using them.</summary>
    /// <returns>The key in base64: 44 characters.</returns>
    public string ToBase64()
    {
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            Material.CopyTo(bytes);
            return Convert.ToBase64String(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Clears the key as soon as no operation uses it.</summary>
    public void Dispose() => Material.Dispose();

    /// <summary>The id; never the key.</summary>
    public override string ToString() => $"master key {Id}";

    internal static string Describe(ulong fingerprint) => fingerprint.ToString("x16", CultureInfo.InvariantCulture);

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length == 2 * Size)
            return Convert.FromHexString(text, bytes, out _, out var decoded) == OperationStatus.Done && decoded == Size;

        // 32 bytes are 43 characters, then one of padding that may be left out. The decoders would also take white space inside.
        var digits = text.EndsWith('=') ? text[..^1] : text;
        if (digits.Length != 43 || text.Length > 44)
            return false;
        foreach (var c in digits)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_'))
                return false;
        }

        Span<char> urlSafe = stackalloc char[43];
        digits.Replace(urlSafe, '+', '-');
        urlSafe.Replace('/', '_');

        // Not TryDecodeFromChars: it throws where the last character has bits that belong to no byte.
        var valid = Base64Url.DecodeFromChars(urlSafe, bytes, out _, out var written) == OperationStatus.Done && written == Size;
        urlSafe.Clear();
        return valid;
    }

    private static MasterKeyException Malformed() => new(
        MasterKeyFault.Malformed, $"The master key is not 32 bytes in base64 or hex; a passphrase is not a key. {HowToMakeOne}");
}
