using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HybridStore.MongoDb.Engine;

/// <summary>What a tombstone keeps of a session's name: SHA-256 over a domain and both parts with their lengths, so that no two names give the same bytes.</summary>
internal static class SessionNameHash
{
    public const int Size = SHA256.HashSizeInBytes;

    public static void Compute(AuthSessionId session, Span<byte> hash)
    {
        var domain = "HybridStore tombstone 1\0"u8;
        Span<byte> text = stackalloc byte[domain.Length + (2 * (sizeof(int) + AuthLimits.MaxNameBytes))];
        domain.CopyTo(text);
        int length = domain.Length;
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
