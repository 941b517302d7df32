using HybridStore.Codec;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Programs;

/// <summary>The few names and stores that programs use, so that their steps meet.</summary>
internal static class World
{
    public const int Handles = 3;

    /// <summary>In the order of their UTF-8 bytes. The second and third print alike.</summary>
    public static IReadOnlyList<AuthSessionId> Sessions { get; } =
        [new("a", "b/c"), new("a/b", "c"), new("clinic-é", "5511:7")];

    public static IReadOnlyList<AuthKey> Keys { get; } =
    [
        AuthKey.Creds, new("creds", "more"), new(AuthKeyTypes.PreKey, "1"), new(AuthKeyTypes.Session, "5511.0"), new(AuthKeyTypes.SenderKey, "g@g.us::u::0"),
        new("x/y", "z"), new("x", "y/z"), new("日本", "😀"),
    ];

    /// <summary>How far behind a store may be: the first reads cold only, the second has a hot tier that is asked for nothing old, the third one that is.</summary>
    public static TimeSpan MaxStaleness(int handle) => handle == 2 ? TimeSpan.FromSeconds(10) : TimeSpan.Zero;

    public static bool HasHot(int handle) => handle != 0;

    /// <summary>The options of a store.</summary>
    public static HybridAuthStoreOptions Options(int handle, string masterKey)
    {
        var options = new HybridAuthStoreOptions { MaxStaleness = MaxStaleness(handle) };
        options.Encryption.MasterKey = masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        return options;
    }

    /// <summary>The bytes of a value, from its number and length.</summary>
    public static byte[] Value(int number, int length) => Some.Noise(number, length);
}
