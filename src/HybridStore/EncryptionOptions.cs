using HybridStore.Codec;

namespace HybridStore;

/// <summary>How values are encrypted before any tier sees them.</summary>
public sealed class EncryptionOptions
{
    internal const int LeastCachedSessions = 1;
    internal const long LeastSeals = 1024;

    internal static readonly TimeSpan ShortestCacheDuration = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LongestCacheDuration = TimeSpan.FromDays(1);

    private IMasterKeyProvider? _provider;

    /// <summary>The master key, under which the data key of each session is wrapped: 32 bytes in base64 or hex, never a passphrase.</summary>
    /// <value>None by default, which is refused: make one with <c>hybridstore keygen</c>. Environment: <c>HYBRIDSTORE_MASTER_KEY</c>.</value>
    public string? MasterKey { get; set; }

    /// <summary>
    /// A file with the master key, in place of <see cref="MasterKey"/>: base64 or hex, one key a line. The first wraps; the others only open what was wrapped under them. Nobody but its owner may
    /// be able to read it (on Windows, that is not checked).
    /// </summary>
    /// <value>None by default. Environment: <c>HYBRIDSTORE_MASTER_KEY_FILE</c>.</value>
    public string? MasterKeyFile { get; set; }

    /// <summary>Master keys that were used before: they only open what was wrapped under them, until <c>hybridstore keys rotate</c> has wrapped it under the present one.</summary>
    /// <value>None by default. Environment: <c>HYBRIDSTORE_PREVIOUS_MASTER_KEYS</c>, separated by commas.</value>
    public IList<string> PreviousMasterKeys { get; } = [];

    /// <summary>The ring of master keys that are replaced by themselves. Off by default.</summary>
    public KeyRingOptions KeyRing { get; } = new();

    /// <summary>The cipher that seals new records. Records sealed with another one stay readable.</summary>
    /// <value><see cref="EnvelopeCipher.XSalsa20Poly1305"/> by default, which needs libsodium. Environment: <c>HYBRIDSTORE_CIPHER</c>.</value>
    public EnvelopeCipher Cipher { get; set; } = EnvelopeCipher.XSalsa20Poly1305;

    internal CipherSet Ciphers { get; private set; } = CipherSet.BuiltIn;

    /// <summary>From how many bytes on a value is compressed, where that saves at least an eighth.</summary>
    /// <value>
    /// 4,096 by default: smaller values are the most read and gain the least (a session of 1.2 KB opens three times as fast uncompressed). 0 tries every value; -1 never compresses.
    /// Environment: <c>HYBRIDSTORE_COMPRESSION_THRESHOLD</c>.
    /// </value>
    public int CompressionThreshold { get; set; } = EnvelopeCodecOptions.DefaultCompressionThreshold;

    /// <summary>Of how many sessions that are not open here the unwrapped data keys are kept in memory. Those of open sessions are kept while they are open.</summary>
    /// <value>10,000 by default; at least 1. Environment: <c>HYBRIDSTORE_DATA_KEY_CACHE_SESSIONS</c>.</value>
    public int DataKeyCacheSessions { get; set; } = 10_000;

    /// <summary>How long they are kept. Then they are read from the tiers and unwrapped again, which a revoked master key ends.</summary>
    /// <value>1 hour by default; from 1 second to 1 day. Environment: <c>HYBRIDSTORE_DATA_KEY_CACHE_DURATION</c>.</value>
    public TimeSpan DataKeyCacheDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After how many records that this process sealed under one data key the session gets another one, if the cold tier can do that.</summary>
    /// <value>
    /// <see langword="null"/> by default: a sixteenth of the cipher's bound (<see cref="Codec.Cipher.SealLimit"/>), which leaves room for what other processes, and this one before it was started, have
    /// sealed. At least 1,024.
    /// </value>
    public long? MaxSealsPerDataKey { get; set; }

    /// <summary>Adds an algorithm, so that it can be chosen as <see cref="Cipher"/> and what was sealed with it can be read.</summary>
    /// <param name="cipher">The algorithm.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">There is another one of this number.</exception>
    public EncryptionOptions AddCipher(Cipher cipher)
    {
        ArgumentNullException.ThrowIfNull(cipher);
        if (!ReferenceEquals(Ciphers.Find(cipher.Id), cipher))
            Ciphers = Ciphers.With(cipher);
        return this;
    }

    /// <summary>
    /// Has a key management service wrap the master keys, and turns the key ring on. A configured <see cref="MasterKey"/> then only opens what was wrapped under it before.
    /// </summary>
    /// <param name="provider">The service.</param>
    /// <returns>These options.</returns>
    public EncryptionOptions UseMasterKeyProvider(IMasterKeyProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _provider = provider;
        return this;
    }

    // Methods, since a binder would take properties for settings.
    internal IMasterKeyProvider? GetProvider() => _provider;

    internal bool HasRing() => KeyRing.Enabled || _provider is not null;
}
