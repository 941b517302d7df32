using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class LibSodiumTests
{
    [Fact]
    public void Missing_Always_NamesEveryWayOut()
    {
        var error = LibSodium.Missing(new DllNotFoundException("libsodium"));

        Assert.Equal(("codec", StoreUnusableReason.MissingDependency), (error.Tier, error.Reason));
        Assert.All(
            ["NuGet package `libsodium`", "apt install libsodium23", "dnf install libsodium", "apk add libsodium", "brew install libsodium", "Aes256Gcm", "ChaCha20Poly1305", "Encryption:Cipher"],
            way => Assert.Contains(way, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Resolve_WhereTheSystemHasIt_FindsIt()
    {
        string[] names = ["libsodium.so.26", "libsodium.so.23", "libsodium.dylib", "libsodium"];
        Assert.SkipUnless(Array.Exists(names, static name => NativeLibrary.TryLoad(name, out _)), "libsodium is not installed here.");

        Assert.NotEqual(0, Resolve("libsodium"));
        Assert.True(LibSodium.IsAvailable);
    }

    [Fact]
    public void Resolve_OfAnotherLibrary_LeavesItToThePlatform() => Assert.Equal(0, Resolve("sqlite3"));

    // As where the application has set one for the assembly before: to set another is refused.
    [Fact]
    public void Initialise_WhereAResolverIsSet_UsesThatOne()
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);

        Assert.Null(Call("Initialise"));
    }

    // BLAKE2b gives 1 to 64 bytes. A hash that was not written must not pass for one: it would be the key of a box.
    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void KeyedHash_OfASizeThatThereIsNot_Throws(int size)
    {
        CodecSome.Require(EnvelopeCipher.XSalsa20Poly1305);

        Assert.Throws<CryptographicException>(() => LibSodium.KeyedHash(CodecSome.Noise(32), [1, 2, 3], new byte[size]));
    }

    private static nint Resolve(string library) => Assert.IsType<nint>(Call("Resolve", library, typeof(LibSodium).Assembly, null));

    private static object? Call(string name, params object?[] arguments) =>
        typeof(LibSodium).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.Invoke(null, arguments);
}
