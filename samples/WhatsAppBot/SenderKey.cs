using System.Text.Json.Nodes;
using HybridStore.Baileys;

namespace WhatsAppBot;

/// <summary>Sender keys, which are bytes to Baileys; within, they are JSON of their own, with buffers as arrays of numbers.</summary>
internal static class SenderKey
{
    private const int MostMessageKeys = 2000;

    /// <summary>A message of a member: the member's chain moves on.</summary>
    public static byte[] Receive(ReadOnlyMemory<byte> record, StepRandom keys) => Advance(record, keys, keepsMessageKey: false);

    /// <summary>A message of the bot itself: its chain moves on too, and the key of the message stays in the record (those are the 223 bytes).</summary>
    public static byte[] Send(ReadOnlyMemory<byte> record, StepRandom keys) => Advance(record, keys, keepsMessageKey: true);

    /// <summary>Notes in the group's sender-key memory that a device was sent the bot's sender key.</summary>
    public static byte[] Remember(ReadOnlyMemory<byte> memory, string address)
    {
        var json = Wire.ToObject(memory);
        var (user, device) = (address[..address.LastIndexOf('.')], address[(address.LastIndexOf('.') + 1)..]);
        json[device == "0" ? $"{user}@s.whatsapp.net" : $"{user}:{device}@s.whatsapp.net"] = true;
        return Wire.ToBytes(json);
    }

    private static byte[] Advance(ReadOnlyMemory<byte> record, StepRandom keys, bool keepsMessageKey)
    {
        if (!BufferJson.TryDecode(record.Span, out var bytes))
            throw new InvalidDataException("A sender key is not in Baileys' form.");
        var states = JsonNode.Parse(bytes)!.AsArray();
        var state = states[^1]!;
        var chain = state["senderChainKey"]!;
        var iteration = chain["iteration"]!.GetValue<int>();
        if (keepsMessageKey)
        {
            var messageKeys = state["senderMessageKeys"]!.AsArray();
            messageKeys.Add(new JsonObject { ["iteration"] = iteration, ["seed"] = Numbers(keys.NextKey()) });
            if (messageKeys.Count > MostMessageKeys)
                messageKeys.RemoveAt(0);
        }

        chain["iteration"] = iteration + 1;
        chain["seed"] = Numbers(keys.NextKey());
        return Wire.Bytes(Wire.ToBytes(states));
    }

    private static JsonObject Numbers(byte[] bytes) =>
        new() { ["type"] = "Buffer", ["data"] = new JsonArray([.. bytes.Select(b => (JsonNode)b)]) };
}
