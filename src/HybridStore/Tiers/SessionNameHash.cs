using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HybridStore.Tiers;

/// <summary>
/// What a cold tier keeps of a session's name where the name itself must not stay, above all in the tombstone of a deleted session: SHA-256 over a domain and
/// both parts of the name with their lengths, so that no two names give the same bytes.
/// </summary>
/// <remarks>The result is the same on every platform and in every version of the library: it stands in databases for ever.</remarks>
public static class SessionNameHash
{
    private const int MaxDomainBytes = 64;

    /// <summary>The length of a hash, in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>The hash that a tombstone keeps, of the domain <c>HybridStore tombstone 1</c>.</summary>
    /// <param name="session">The session.</param>
    /// <param name="hash">Where the hash goes, to its first <see cref="Size"/> bytes.</param>
    /// <exception cref="InvalidAuthInputException">The session is empty.</exception>
    /// <exception cref="ArgumentException"><paramref name="hash"/> is too short.</exception>
    public static void Compute(AuthSessionId session, Span<byte> hash) => Compute(session, "HybridStore tombstone 1"u8, hash);

    /// <summary>The hash that a tombstone keeps, in an array of its own.</summary>
    /// <param name="session">The session.</param>
    /// <exception cref="InvalidAuthInputException">The session is empty.</exception>
    public static byte[] Compute(AuthSessionId session)
    {
        var hash = new byte[Size];
        Compute(session, hash);
        return hash;
    }

    /// <summary>A hash of another domain, for a tier that names more than tombstones by it: hashes of two domains tell nothing of each other.</summary>
    /// <param name="session">The session.</param>
    /// <param name="domain">What the hash is for, and its version: 1 to 64 bytes, none of them zero.</param>
    /// <param name="hash">Where the hash goes, to its first <see cref="Size"/> bytes.</param>
    /// <exception cref="InvalidAuthInputException">The session is empty.</exception>
    /// <exception cref="ArgumentException"><paramref name="domain"/> is empty, too long or contains a zero, or <paramref name="hash"/> is too short.</exception>
    public static void Compute(AuthSessionId session, ReadOnlySpan<byte> domain, Span<byte> hash)
    {
        ColdInput.Check(session);
        if (domain.IsEmpty || domain.Length > MaxDomainBytes || domain.Contains((byte)0))
            throw new ArgumentException($"A domain has 1 to {MaxDomainBytes} bytes, none of them zero.", nameof(domain));

        Span<byte> text = stackalloc byte[MaxDomainBytes + 1 + (2 * (sizeof(int) + AuthLimits.MaxNameBytes))];
        domain.CopyTo(text);
        text[domain.Length] = 0;
        int length = domain.Length + 1;
        length += Append(text[length..], session.Tenant);
        length += Append(text[length..], session.Session);
        SHA256.HashData(text[..length], hash);
    }

    private static int Append(Span<byte> target, string part)
    {
        int length = Encoding.UTF8.GetBytes(part, target[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, length);
        return sizeof(int) + length;
    }
}
