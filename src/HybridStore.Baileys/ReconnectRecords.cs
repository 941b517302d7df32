using System.Globalization;
using System.Text.Json;

namespace HybridStore.Baileys;

/// <summary>Which records Baileys reads when it connects again, as far as the credentials tell.</summary>
internal static class ReconnectRecords
{
    // All that a client asks for on every connect.
    private static readonly string[] Collections = ["critical_block", "critical_unblock_low", "regular_high", "regular_low", "regular"];

    /// <summary>Names the records.</summary>
    /// <param name="credentials">The credentials; what they lack, or have in another form, is left out.</param>
    public static IReadOnlyList<AuthKey> Of(ReadOnlyMemory<byte> credentials)
    {
        var keys = new List<AuthKey>();
        foreach (var collection in Collections)
            keys.Add(new AuthKey(AuthKeyTypes.AppStateSyncVersion, collection));
        keys.Add(new AuthKey(AuthKeyTypes.TcToken, "__index"));
        try
        {
            using var json = JsonDocument.Parse(credentials);
            AddOf(json.RootElement, keys);
        }
        catch (JsonException)
        {
            // Credentials of another client: it reads something else, and nothing is wrong with reading a few records for nothing.
        }

        return keys;
    }

    private static void AddOf(JsonElement credentials, List<AuthKey> keys)
    {
        if (TextOf(credentials, "myAppStateKeyId") is { } syncKey)
            Add(keys, AuthKeyTypes.AppStateSyncKey, syncKey);
        if (Property(credentials, "nextPreKeyId") is { ValueKind: JsonValueKind.Number } next && next.TryGetInt64(out var id) && id > 1)
            Add(keys, AuthKeyTypes.PreKey, (id - 1).ToString(CultureInfo.InvariantCulture));
        var me = Property(credentials, "me");
        if (TextOf(me, "id") is { } phone && UserOf(phone) is { } number)
        {
            AddOwn(keys, phone, number);
            Add(keys, AuthKeyTypes.LidMapping, number);
        }

        if (TextOf(me, "lid") is { } lid && UserOf(lid) is { } hidden)
        {
            AddOwn(keys, lid, hidden);
            Add(keys, AuthKeyTypes.LidMapping, $"{hidden}_reverse");
        }
    }

    // The session with the account's phone, which is always device 0 and sends the history, keys and what else is synchronised.
    private static void AddOwn(List<AuthKey> keys, string jid, string user)
    {
        Add(keys, AuthKeyTypes.DeviceList, user);
        var domain = jid[(jid.IndexOf('@', StringComparison.Ordinal) + 1)..] switch
        {
            "lid" => "_1",
            "hosted" => "_128",
            "hosted.lid" => "_129",
            _ => "",
        };
        Add(keys, AuthKeyTypes.Session, $"{user}{domain}.0");
    }

    // A name that can't be one was not written either.
    private static void Add(List<AuthKey> keys, string type, string id)
    {
        try
        {
            keys.Add(new AuthKey(type, id));
        }
        catch (InvalidAuthInputException)
        {
        }
    }

    /// <summary>The user of <c>user[_agent][:device]@server</c>.</summary>
    private static string? UserOf(string jid)
    {
        var at = jid.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return null;
        var end = jid.AsSpan(0, at).IndexOfAny('_', ':');
        var user = jid[..(end < 0 ? at : end)];
        return user.Length == 0 ? null : user;
    }

    private static string? TextOf(JsonElement? parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;

    private static JsonElement? Property(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;
}
