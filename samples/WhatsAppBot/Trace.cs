using System.Globalization;
using HybridStore;

namespace WhatsAppBot;

/// <summary>What happens to the bot, step by step: a function of the seed and of the folder it began with, and of nothing else.</summary>
/// <remarks>
/// The bot plays it against the store and, after a restart, a <see cref="Replay"/> plays it again in memory. What each kind of step reads and
/// writes is what was measured under Baileys.
/// </remarks>
internal sealed class Trace(long seed, Roster roster)
{
    private const int StepsPerNewPeer = 50;
    private const int StepsPerTopUp = 250;
    private const int StepsPerCreds = 100;
    private const int TopUp = StepsPerTopUp / StepsPerNewPeer; // as many pre-keys as are used up

    /// <summary>Step k, from 1.</summary>
    public Step StepAt(long k)
    {
        if (k % StepsPerTopUp == 1)
            return MakePreKeys(k);
        if (k % StepsPerNewPeer == 0)
            return ReceiveFirst(k);
        if (k % StepsPerCreds == StepsPerCreds / 4)
            return UpdateCreds(k);

        var choices = new StepRandom(seed, k);
        return choices.Next(100) switch
        {
            >= 92 when roster.Groups.Count > 0 => GroupSend(k, choices),
            >= 65 when roster.Groups.Count > 0 => GroupReceive(k, choices),
            >= 40 => Reply(k, choices),
            _ => Receive(k, choices),
        };
    }

    private Step Receive(long k, StepRandom choices)
    {
        var session = SessionOf(choices.NextZipf(PeersAt(k)));
        return new Step(k, StepKind.Receive, [session], (read, patch) => patch.Set(session, SignalSession.Receive(read[session], KeysOf(k))));
    }

    private Step ReceiveFirst(long k)
    {
        var session = SessionOf(PeersAt(k));
        var identity = new AuthKey(AuthKeyTypes.IdentityKey, session.Id);
        var preKey = PreKey(UsedPreKey(k));
        return new Step(k, StepKind.ReceiveFirst, [identity, session, preKey], (read, patch) =>
        {
            // A real client makes the session of the pre-key: without it, this message could never be read.
            if (!read.ContainsKey(preKey) || read.ContainsKey(session))
                throw new InvalidOperationException($"Step {k} needs {preKey} to be there, and {session} not to be.");
            var keys = KeysOf(k);
            var theirs = keys.NextPublicKey();
            patch.Set(identity, Wire.Bytes(theirs)).Set(session, SignalSession.Create(theirs, keys)).Delete(preKey);
        });
    }

    private Step Reply(long k, StepRandom choices)
    {
        // The peer's device and the other devices of the bot's own account, whose part the next peers play here.
        var peers = PeersAt(k);
        var first = choices.NextZipf(peers);
        var devices = Math.Min(peers, 3 + choices.Next(2));
        var sessions = Enumerable.Range(0, devices).Select(i => SessionOf((first + i) % peers)).ToList();
        return new Step(k, StepKind.Reply, sessions, (read, patch) =>
        {
            var keys = KeysOf(k);
            foreach (var session in sessions)
                patch.Set(session, SignalSession.Send(read[session], keys));
        });
    }

    private Step GroupReceive(long k, StepRandom choices)
    {
        var group = Pick(roster.Groups, choices);
        var senderKey = new AuthKey(AuthKeyTypes.SenderKey, Pick(group.Members, choices));
        return new Step(k, StepKind.GroupReceive, [senderKey], (read, patch) => patch.Set(senderKey, SenderKey.Receive(read[senderKey], KeysOf(k))));
    }

    private Step GroupSend(long k, StepRandom choices)
    {
        var group = Pick(roster.Groups, choices);
        var senderKey = new AuthKey(AuthKeyTypes.SenderKey, group.Own);
        var memory = new AuthKey(AuthKeyTypes.SenderKeyMemory, group.Jid);
        var device = SessionOf(choices.Next(PeersAt(k))).Id;
        return new Step(k, StepKind.GroupSend, [senderKey, memory], (read, patch) => patch
            .Set(senderKey, SenderKey.Send(read[senderKey], KeysOf(k)))
            .Set(memory, SenderKey.Remember(read[memory], device)));
    }

    private Step MakePreKeys(long k) => new(k, StepKind.PreKeys, [AuthKey.Creds], (read, patch) =>
    {
        // One patch: were the counter kept without the keys, or the keys without the counter, an id would be given twice.
        var creds = read[AuthKey.Creds];
        var keys = KeysOf(k);
        for (var i = 0; i < TopUp; i++)
            patch.Set(PreKey(Creds.NextPreKey(creds) + i), Wire.KeyPair(keys));
        patch.Set(AuthKey.Creds, Creds.WithPreKeys(creds, TopUp));
    });

    private Step UpdateCreds(long k) =>
        new(k, StepKind.Creds, [AuthKey.Creds], (read, patch) => patch.Set(AuthKey.Creds, Creds.WithSync(read[AuthKey.Creds], KeysOf(k))));

    /// <summary>How many peers the bot has a session with before step k: each <see cref="ReceiveFirst"/> adds one.</summary>
    private int PeersAt(long k) => roster.Peers.Count + (int)((k - 1) / StepsPerNewPeer);

    private AuthKey SessionOf(int peer) => new(
        AuthKeyTypes.Session,
        peer < roster.Peers.Count ? roster.Peers[peer] : string.Create(CultureInfo.InvariantCulture, $"55219{peer - roster.Peers.Count:D8}.0"));

    /// <summary>The pre-key that step k uses up: those of the folder in their order, then those that the trace itself made.</summary>
    private int UsedPreKey(long k)
    {
        var used = (int)(k / StepsPerNewPeer) - 1;
        return used < roster.PreKeys.Count ? roster.PreKeys[used] : roster.NextPreKey + used - roster.PreKeys.Count;
    }

    private static AuthKey PreKey(int id) => new(AuthKeyTypes.PreKey, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>A stream of its own, from the start at each call: a step commits the same however often it is asked.</summary>
    private StepRandom KeysOf(long k) => new(~seed, k);

    private static T Pick<T>(IReadOnlyList<T> list, StepRandom choices) => list[choices.Next(list.Count)];
}
