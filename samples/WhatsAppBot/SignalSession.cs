using System.Text.Json.Nodes;

namespace WhatsAppBot;

/// <summary>Session records, in the shape of the JavaScript engine: every step of the ratchet changes them, and they only ever grow.</summary>
internal static class SignalSession
{
    private const int SendingChain = 1;
    private const int ReceivingChain = 2;

    /// <summary>The session that the first message of a new peer makes.</summary>
    public static byte[] Create(ReadOnlySpan<byte> theirIdentity, StepRandom keys)
    {
        var baseKey = Text(keys.NextPublicKey());
        var remote = Text(keys.NextPublicKey());
        var own = Text(keys.NextPublicKey());
        var state = new JsonObject
        {
            ["registrationId"] = 1 + keys.Next(16380),
            ["currentRatchet"] = new JsonObject
            {
                ["ephemeralKeyPair"] = new JsonObject { ["pubKey"] = own, ["privKey"] = Text(keys.NextKey()) },
                ["lastRemoteEphemeralKey"] = remote,
                ["previousCounter"] = 0,
                ["rootKey"] = Text(keys.NextKey()),
            },
            ["indexInfo"] = new JsonObject
            {
                ["baseKey"] = baseKey,
                ["baseKeyType"] = 2,
                ["closed"] = -1,
                ["used"] = 1795180782000,
                ["created"] = 1795180782000,
                ["remoteIdentityKey"] = Text(theirIdentity),
            },
            ["_chains"] = new JsonObject { [remote] = Chain(ReceivingChain, keys), [own] = Chain(SendingChain, keys) },
        };
        return Wire.ToBytes(new JsonObject { ["_sessions"] = new JsonObject { [baseKey] = state }, ["version"] = "v1" });
    }

    /// <summary>A message turns the ratchet: the chain it came on before is closed but stays (those are the 105 bytes), two new ones begin.</summary>
    public static byte[] Receive(ReadOnlyMemory<byte> record, StepRandom keys)
    {
        var json = Wire.ToObject(record);
        var state = Open(json);
        var ratchet = state["currentRatchet"]!.AsObject();
        var chains = state["_chains"]!.AsObject();
        var pair = ratchet["ephemeralKeyPair"]!.AsObject();

        if (chains[ratchet["lastRemoteEphemeralKey"]!.GetValue<string>()] is { } closed)
            closed["chainKey"]!.AsObject().Remove("key");
        if (chains[pair["pubKey"]!.GetValue<string>()] is { } sent)
        {
            ratchet["previousCounter"] = sent["chainKey"]!["counter"]!.GetValue<int>();
            chains.Remove(pair["pubKey"]!.GetValue<string>());
        }

        var (remote, own) = (Text(keys.NextPublicKey()), Text(keys.NextPublicKey()));
        chains[remote] = Chain(ReceivingChain, keys);
        chains[own] = Chain(SendingChain, keys);
        ratchet["lastRemoteEphemeralKey"] = remote;
        ratchet["rootKey"] = Text(keys.NextKey());
        (pair["pubKey"], pair["privKey"]) = (own, Text(keys.NextKey()));
        return Used(json, state);
    }

    /// <summary>A message to the peer: the key of the sending chain moves on, and must never be used again.</summary>
    public static byte[] Send(ReadOnlyMemory<byte> record, StepRandom keys)
    {
        var json = Wire.ToObject(record);
        var state = Open(json);
        var chains = state["_chains"]!.AsObject();
        var own = state["currentRatchet"]!["ephemeralKeyPair"]!["pubKey"]!.GetValue<string>();
        var chain = (chains[own] ??= Chain(SendingChain, keys))["chainKey"]!;
        chain["counter"] = chain["counter"]!.GetValue<int>() + 1;
        chain["key"] = Text(keys.NextKey());
        return Used(json, state);
    }

    /// <summary>The one state of a record that is in use; others are kept for messages that come late.</summary>
    private static JsonObject Open(JsonObject record) =>
        record["_sessions"]!.AsObject().Select(s => s.Value!.AsObject()).Last(s => s["indexInfo"]!["closed"]!.GetValue<long>() == -1);

    private static JsonObject Chain(int type, StepRandom keys) => new()
    {
        ["chainKey"] = new JsonObject { ["counter"] = 0, ["key"] = Text(keys.NextKey()) },
        ["chainType"] = type,
        ["messageKeys"] = new JsonObject(),
    };

    private static byte[] Used(JsonObject record, JsonObject state)
    {
        // No clock: the trace would not be the same twice.
        var index = state["indexInfo"]!;
        index["used"] = index["used"]!.GetValue<long>() + 1000;
        return Wire.ToBytes(record);
    }

    private static string Text(ReadOnlySpan<byte> key) => Convert.ToBase64String(key);
}
