using System.Security.Cryptography;
using HybridStore.Codec;
using HybridStore.DependencyInjection;

namespace HybridStore.Audit;

/// <summary>How the lines of a trail are bound to each other: by their SHA-256, or by their HMAC-SHA-256 under a key.</summary>
internal sealed class AuditChain : IDisposable
{
    private const string Plain = "sha256";
    private const string Keyed = "hmac-sha256";

    private readonly byte[]? _key;

    private AuditChain(string name, byte[]? key) => (Name, _key) = (name, key);

    /// <summary>What each line says of it; with a key, the key's id is in it.</summary>
    public string Name { get; }

    public bool IsKeyed => _key is not null;

    /// <param name="key">The key in base64 or hex; <see langword="null"/>: none.</param>
    /// <exception cref="MasterKeyException">It is no key.</exception>
    public static AuditChain Of(string? key)
    {
        if (key is null)
            return new AuditChain(Plain, null);

        // Derived, so that it is of no use elsewhere, nor a key from elsewhere here.
        using var given = MasterKey.Parse(key);
        var derived = GC.AllocateArray<byte>(KeyMaterial.Size, pinned: true);
        given.Material.Derive("HybridStore/audit"u8, derived);
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        given.Material.Derive("HybridStore/audit-key-id"u8, id);
        return new AuditChain($"{Keyed}:{Convert.ToHexStringLower(id)}", derived);
    }

    /// <summary>Says what is wrong with a key, without showing it.</summary>
    public static string? FaultOf(string key)
    {
        try
        {
            Of(key).Dispose();
            return null;
        }
        catch (MasterKeyException e)
        {
            return $"Audit.Key ({EnvironmentOptions.AuditKey} in the environment) is no key: {(e.Fault == MasterKeyFault.Trivial ? "all its bytes are equal" : "it is not 32 bytes in base64 or hex")}. {MasterKey.HowToMakeOne}";
        }
    }

    /// <summary>The hash of a line without its hash.</summary>
    public string Hash(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_key is null)
            SHA256.HashData(line, hash);
        else
            HMACSHA256.HashData(_key, line, hash);
        return Convert.ToHexStringLower(hash);
    }

    public void Dispose()
    {
        if (_key is not null)
            CryptographicOperations.ZeroMemory(_key);
    }
}
