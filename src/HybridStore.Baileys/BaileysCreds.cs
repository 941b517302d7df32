using System.Text.Json;

namespace HybridStore.Baileys;

/// <summary>Tells Baileys' credentials from any other JSON that somebody named creds.</summary>
internal static class BaileysCreds
{
    /// <summary>Whether the JSON, which is valid, is an object with what every version of Baileys writes at pairing.</summary>
    public static bool AreIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = BufferJson.MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;

        var (noiseKey, identityKey, registrationId) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("noiseKey"u8))
                noiseKey = reader.TokenType == JsonTokenType.StartObject;
            else if (name.SequenceEqual("signedIdentityKey"u8))
                identityKey = reader.TokenType == JsonTokenType.StartObject;
            else if (name.SequenceEqual("registrationId"u8))
                registrationId = reader.TokenType == JsonTokenType.Number;
            reader.Skip();
        }

        return noiseKey && identityKey && registrationId;
    }
}
