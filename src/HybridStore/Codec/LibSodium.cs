using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>What is used of libsodium, from the package's native library or the system's.</summary>
internal static unsafe partial class LibSodium
{
    public const int SecretBoxKeySize = 32;
    public const int SecretBoxNonceSize = 24;
    public const int SecretBoxTagSize = 16;

    private const string Library = "libsodium";

    // Versions 1.0.19 and later are .so.26, 1.0.12 to 1.0.18 are .so.23; without a number only where the development package is installed.
    private static readonly string[] SystemNames =
    [
        "libsodium.so.26", "libsodium.so.23", "libsodium.so", "libsodium.dylib",
        "/opt/homebrew/lib/libsodium.dylib", "/usr/local/lib/libsodium.dylib", "/opt/local/lib/libsodium.dylib", "sodium",
    ];

    private static readonly Lazy<Exception?> WhyNot = new(Initialise);

    /// <summary>Whether libsodium was found and works.</summary>
    public static bool IsAvailable => WhyNot.Value is null;

    /// <summary>Throws if libsodium was not found.</summary>
    /// <exception cref="StoreUnusableException">It wasn't, with what to install.</exception>
    public static void EnsureAvailable()
    {
        if (WhyNot.Value is { } error)
            throw Missing(error);
    }

    internal static StoreUnusableException Missing(Exception error) => new(
        "codec",
        StoreUnusableReason.MissingDependency,
        "libsodium, which XSalsa20-Poly1305 needs, was not found. Reference the NuGet package `libsodium` in the application; or install it with the "
        + "system's package manager (`apt install libsodium23`, `dnf install libsodium`, `apk add libsodium`, `brew install libsodium`); "
        + "or choose Aes256Gcm or ChaCha20Poly1305 via Encryption:Cipher.",
        error);

    /// <summary>BLAKE2b with a key, of as many bytes as are asked for.</summary>
    public static void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> hash)
    {
        fixed (byte* k = key, i = input, h = hash)
        {
            if (crypto_generichash(h, (nuint)hash.Length, i, (ulong)input.Length, k, (nuint)key.Length) != 0)
                throw new CryptographicException("crypto_generichash failed.");
        }
    }

    /// <summary>Writes the tag, then the ciphertext.</summary>
    public static void SecretBox(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message, Span<byte> box)
    {
        ThrowUnless(key.Length == SecretBoxKeySize && nonce.Length == SecretBoxNonceSize && box.Length == message.Length + SecretBoxTagSize);
        fixed (byte* k = key, n = nonce, m = message, b = box)
        {
            if (crypto_secretbox_easy(b, m, (ulong)message.Length, n, k) != 0)
                throw new CryptographicException("crypto_secretbox_easy failed.");
        }
    }

    /// <summary>Verifies the tag, then decrypts; writes nothing if the tag is not right.</summary>
    public static bool TryOpenSecretBox(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box, Span<byte> message)
    {
        ThrowUnless(key.Length == SecretBoxKeySize && nonce.Length == SecretBoxNonceSize && box.Length == message.Length + SecretBoxTagSize);
        fixed (byte* k = key, n = nonce, m = message, b = box)
            return crypto_secretbox_open_easy(m, b, (ulong)box.Length, n, k) == 0;
    }

    // The native side trusts the sizes; a wrong one would write past the end.
    private static void ThrowUnless(bool sizesFit)
    {
        if (!sizesFit)
            throw new ArgumentException("A buffer has the wrong size.");
    }

    private static Exception? Initialise()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(LibSodium).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // The application has set a resolver of its own for this assembly, and knows better where its libraries are.
        }

        try
        {
            return sodium_init() >= 0 ? null : new CryptographicException("sodium_init failed.");
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return e;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
            return 0;
        if (NativeLibrary.TryLoad(Library, assembly, searchPath, out var handle))
            return handle;
        foreach (var system in SystemNames)
        {
            if (NativeLibrary.TryLoad(system, assembly, searchPath, out handle))
                return handle;
        }

        return 0;
    }

#pragma warning disable IDE1006, SA1300 // The names of libsodium.
    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    private static partial int crypto_generichash(byte* hash, nuint hashLength, byte* input, ulong inputLength, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    private static partial int crypto_secretbox_easy(byte* box, byte* message, ulong messageLength, byte* nonce, byte* key);

    [LibraryImport(Library)]
    private static partial int crypto_secretbox_open_easy(byte* message, byte* box, ulong boxLength, byte* nonce, byte* key);
#pragma warning restore IDE1006, SA1300
}
