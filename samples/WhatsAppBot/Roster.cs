using System.Globalization;
using HybridStore;

namespace WhatsAppBot;

/// <summary>Whom the bot knew when its folder was imported; the trace picks its actors from here.</summary>
/// <param name="Peers">Addresses with a session, the busiest first.</param>
/// <param name="Groups">The groups that the bot has a sender key of its own for.</param>
/// <param name="PreKeys">The pre-keys that nobody has used yet, in order.</param>
/// <param name="NextPreKey">The id that the first pre-key made by the trace gets.</param>
internal sealed record Roster(IReadOnlyList<string> Peers, IReadOnlyList<Group> Groups, IReadOnlyList<int> PreKeys, int NextPreKey)
{
    public static Roster Of(IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>> folder)
    {
        if (!folder.TryGetValue(AuthKey.Creds, out var creds))
            throw new InvalidDataException("The auth folder is missing or has no creds.json. Name it with --auth-info.");

        var self = Creds.OwnAddress(creds);
        var peers = Ids(folder, AuthKeyTypes.Session).ToList();
        if (peers.Count == 0)
            throw new InvalidDataException("The auth folder has no session with anybody, so there is nobody to play with.");

        var groups = new List<Group>();
        foreach (var group in Ids(folder, AuthKeyTypes.SenderKeyMemory))
        {
            var senders = Ids(folder, AuthKeyTypes.SenderKey).Where(id => id.StartsWith(group + "::", StringComparison.Ordinal)).ToList();
            var own = $"{group}::{self}";
            if (senders.Remove(own) && senders.Count > 0)
                groups.Add(new Group(group, own, senders));
        }

        var preKeys = Ids(folder, AuthKeyTypes.PreKey).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Order().ToList();
        return new Roster(peers, groups, preKeys, Creds.NextPreKey(creds));
    }

    private static IEnumerable<string> Ids(IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>> folder, string type) =>
        folder.Keys.Where(k => k.Type == type).Select(k => k.Id).Order(StringComparer.Ordinal);
}

/// <summary>A group: its jid, the id of the bot's own sender key, and those of its other members.</summary>
internal sealed record Group(string Jid, string Own, IReadOnlyList<string> Members);
