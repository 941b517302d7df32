namespace WhatsAppBot;

/// <summary>The credentials: one JSON object, of which each change leaves the rest as it is.</summary>
internal static class Creds
{
    /// <summary>The bot's own address as sender keys are named by it: <c>user::device</c>.</summary>
    public static string OwnAddress(ReadOnlyMemory<byte> creds)
    {
        var jid = Wire.ToObject(creds)["me"]?["id"]?.GetValue<string>()
            ?? throw new InvalidDataException("The credentials have no me.id: this bot was never paired.");
        var (user, colon) = (jid[..jid.IndexOf('@', StringComparison.Ordinal)], jid.IndexOf(':', StringComparison.Ordinal));
        return colon < 0 ? $"{user}::0" : $"{user[..colon]}::{user[(colon + 1)..]}";
    }

    public static int NextPreKey(ReadOnlyMemory<byte> creds) => Wire.ToObject(creds)["nextPreKeyId"]!.GetValue<int>();

    /// <summary>Moves the counters past pre-keys that were made and uploaded.</summary>
    public static byte[] WithPreKeys(ReadOnlyMemory<byte> creds, int count)
    {
        var json = Wire.ToObject(creds);
        var next = json["nextPreKeyId"]!.GetValue<int>() + count;
        json["nextPreKeyId"] = next;
        json["firstUnuploadedPreKeyId"] = next;
        return Wire.ToBytes(json);
    }

    /// <summary>What a connection and a sync of the account change.</summary>
    public static byte[] WithSync(ReadOnlyMemory<byte> creds, StepRandom keys)
    {
        var json = Wire.ToObject(creds);
        json["accountSyncCounter"] = (json["accountSyncCounter"]?.GetValue<long>() ?? 0) + 1;
        json["routingInfo"] = Wire.Buffer(keys.NextKey().AsSpan(0, 9));
        return Wire.ToBytes(json);
    }
}
