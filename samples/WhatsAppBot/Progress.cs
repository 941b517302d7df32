using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HybridStore;

namespace WhatsAppBot;

/// <summary>How far the bot is, in a record of its own type beside the keys. Each step's patch carries it.</summary>
/// <param name="Seed">Which trace is played.</param>
/// <param name="Step">The last step that was committed; 0: none.</param>
/// <param name="Digest">A hash over all that was committed up to there, in hex.</param>
internal sealed record Progress(long Seed, long Step, string Digest)
{
    /// <summary>Any type will do: the store passes through what it doesn't know.</summary>
    public static AuthKey Key { get; } = new("sample-progress", "bot");

    public static Progress None(long seed) => new(seed, 0, "");

    public static Progress FromBytes(ReadOnlyMemory<byte> bytes)
    {
        var json = Wire.ToObject(bytes);
        return new Progress(json["seed"]!.GetValue<long>(), json["step"]!.GetValue<long>(), json["digest"]!.GetValue<string>());
    }

    public byte[] ToBytes() => Wire.ToBytes(new JsonObject { ["seed"] = Seed, ["step"] = Step, ["digest"] = Digest });

    public Progress Next(long step, IEnumerable<AuthChange> changes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Digest));
        foreach (var change in changes.OrderBy(c => c.Key.ToString(), StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{change.Key} {change.Value?.Length ?? -1}\n"));
            hash.AppendData((change.Value ?? default).Span);
        }

        return new Progress(Seed, step, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
