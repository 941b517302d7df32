using System.Globalization;
using HybridStore.Codec;
using Microsoft.Extensions.Options;

namespace HybridStore.DependencyInjection;

/// <summary>Reads the options that the environment sets (<c>HYBRIDSTORE_*</c>), over configuration and under code.</summary>
internal sealed class EnvironmentOptions(string optionsName, Func<string, string?> read) : IConfigureNamedOptions<HybridAuthStoreOptions>
{
    public const string MasterKey = "HYBRIDSTORE_MASTER_KEY";
    public const string Cold = "HYBRIDSTORE_COLD";
    public const string Cipher = "HYBRIDSTORE_CIPHER";
    public const string CompressionThreshold = "HYBRIDSTORE_COMPRESSION_THRESHOLD";
    public const string MaxStaleness = "HYBRIDSTORE_MAX_STALENESS";
    public const string HotMemoryBytes = "HYBRIDSTORE_HOT_MEMORY_BYTES";

    public EnvironmentOptions(string optionsName)
        : this(optionsName, Environment.GetEnvironmentVariable)
    {
    }

    public void Configure(HybridAuthStoreOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, HybridAuthStoreOptions options)
    {
        // Each registered store adds its own: one that spoke for all would come after, and so over, what code set for an earlier store.
        if (name != optionsName)
            return;
        if (Value(MasterKey) is { } masterKey)
            options.Encryption.MasterKey = masterKey;
        if (Value(Cold) is { } cold)
            options.Cold = cold;
        if (Value(Cipher) is { } cipher)
        {
            options.Encryption.Cipher = Enum.TryParse<EnvelopeCipher>(cipher, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
                ? parsed
                : throw Malformed(name, Cipher, $"one of {string.Join(", ", Enum.GetNames<EnvelopeCipher>())}");
        }

        if (Value(CompressionThreshold) is { } threshold)
        {
            options.Encryption.CompressionThreshold = int.TryParse(threshold, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Malformed(name, CompressionThreshold, "a number of bytes, or -1");
        }

        if (Value(MaxStaleness) is { } staleness)
        {
            options.MaxStaleness = TimeSpan.TryParse(staleness, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Malformed(name, MaxStaleness, "a time such as 00:00:01");
        }

        if (Value(HotMemoryBytes) is { } bytes)
        {
            options.HotMemoryBytes = long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Malformed(name, HotMemoryBytes, "a number of bytes");
        }
    }

    private string? Value(string variable) => read(variable) is { Length: > 0 } value ? value : null;

    private static OptionsValidationException Malformed(string? name, string variable, string expected) =>
        new(name ?? Options.DefaultName, typeof(HybridAuthStoreOptions), [$"The environment variable {variable} is not {expected}."]);
}
