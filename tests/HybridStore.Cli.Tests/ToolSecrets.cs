using System.Text.Json;
using System.Text.RegularExpressions;
using HybridStore.Conformance.Leaks;

namespace HybridStore.Cli.Tests;

/// <summary>What no run may print: the keys and passwords of its environment, and the key material of the sample that it works with.</summary>
internal static partial class ToolSecrets
{
    private static readonly LeakDetector Sample = OfTheSample();

    public static void AssertNoneIn(string output, IReadOnlyDictionary<string, string?> environment)
    {
        var given = new LeakDetector();
        foreach (var (name, value) in environment)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            if (name.EndsWith("_KEY", StringComparison.Ordinal))
            {
                given.Add(name, value);
                AddDecoded(given, name, value);
            }

            foreach (Match password in Passwords().Matches(value))
                given.Add($"the password in {name}", Uri.UnescapeDataString(password.Groups["password"].Value));
        }

        Assert.Null(given.Find(output));
        Assert.Null(Sample.Find(output));
    }

    private static LeakDetector OfTheSample()
    {
        var detector = new LeakDetector();
        foreach (var file in Directory.EnumerateFiles(Bench.AuthInfo))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            Learn(json.RootElement);
        }

        Assert.True(detector.Count > 1000);
        return detector;

        void Learn(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                        Learn(property.Value);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                        Learn(item);
                    break;
                case JsonValueKind.String when element.GetString() is { Length: >= 40 } text:
                    AddDecoded(detector, "key material of the sample", text);
                    break;
            }
        }
    }

    private static void AddDecoded(LeakDetector detector, string name, string text)
    {
        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length) && length >= 24)
            detector.Add(name, bytes.AsSpan(0, length));
        else if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
            detector.Add(name, Convert.FromHexString(text));
    }

    [GeneratedRegex("(?:password=|://[^:/@]*:)(?<password>[^,;@&]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Passwords();
}
