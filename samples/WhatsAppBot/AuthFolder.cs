using HybridStore;
using HybridStore.Baileys;

namespace WhatsAppBot;

/// <summary>The Baileys folder read straight from the disk, past any store: what the bot started from, for the replay.</summary>
internal static class AuthFolder
{
    public static async Task<Dictionary<AuthKey, ReadOnlyMemory<byte>>> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        var values = new Dictionary<AuthKey, ReadOnlyMemory<byte>>();
        foreach (var path in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.json") : [])
        {
            if (BaileysFileName.TryToKey(Path.GetFileName(path), out var key))
                values.Add(key, BufferJson.Normalize(await File.ReadAllBytesAsync(path, cancellationToken)));
        }

        return values;
    }
}
