namespace HybridStore.FaultLab.Bots;

/// <summary>Records of a session that are written together, and so must be seen together: all of them name the same commit, at the same version.</summary>
internal sealed record Register(string Name, IReadOnlyList<AuthKey> Keys, bool IsEither)
{
    /// <summary>What every commit writes: it tells which was the newest.</summary>
    public const int Head = 6;

    /// <summary>The registers of every session, by their number.</summary>
    public static IReadOnlyList<Register> All { get; } =
    [
        new("ratchets", Ids(AuthKeyTypes.Session, "a0", "a1", "a2"), IsEither: false),
        new("ratchets", Ids(AuthKeyTypes.Session, "b0", "b1", "b2"), IsEither: false),

        // One or the other: a session takes the place of the pre-key that it was begun with.
        new("pre-key and session", [new(AuthKeyTypes.PreKey, "1"), new(AuthKeyTypes.Session, "c0")], IsEither: true),
        new("sender-key and memory", [new(AuthKeyTypes.SenderKey, "group::sender"), new(AuthKeyTypes.SenderKeyMemory, "group")], IsEither: false),
        new("device-lists", Ids(AuthKeyTypes.DeviceList, "d0", "d1"), IsEither: false),
        new("sync keys", Ids(AuthKeyTypes.AppStateSyncKey, "e0", "e1", "e2", "e3", "e4"), IsEither: false),
        new("head", [new("lab-head", "head")], IsEither: false),
    ];

    /// <summary>Whether going on with an older database drops all of it: what must not be used twice, and what is fetched again. Of a pre-key and its session, only the latter.</summary>
    public bool IsDroppedByGoingBack { get; } = Keys.All(static k => IsDropped(k.Type));

    /// <summary>Whether going on with an older database drops what this commit made of it.</summary>
    public bool Drops(CommitName commit) => IsDroppedByGoingBack || (IsEither && IsTaken(commit));

    /// <summary>Adds what a commit does to this register.</summary>
    public void Write(AuthPatch patch, int session, CommitName commit)
    {
        if (!IsEither)
        {
            foreach (var key in Keys)
                patch.Set(key, LabValue.Make(session, key, commit));
        }
        else if (IsTaken(commit))
        {
            patch.ConsumePreKey(Keys[0].Id, Keys[1].Id, LabValue.Make(session, Keys[1], commit));
        }
        else
        {
            patch.Set(Keys[0], LabValue.Make(session, Keys[0], commit)).Delete(Keys[1]);
        }
    }

    /// <summary>What the records of this register say together.</summary>
    public Seen Read(int session, ReadOnlySpan<AuthRecord> records)
    {
        var seen = default(Seen);
        var there = 0;
        foreach (var record in records)
        {
            if (!record.Exists)
                continue;
            var one = LabValue.Read(session, record);
            if (one.State != SeenState.There)
                return one;
            if (there++ > 0 && one != seen)
                return new Seen(SeenState.Torn, Math.Max(one.Version, seen.Version), one.Commit);
            seen = one;
        }

        if (there == 0)
            return new Seen(SeenState.Absent, 0, default);
        return there == (IsEither ? 1 : Keys.Count) ? seen : seen with { State = SeenState.Torn };
    }

    // Whether it takes the pre-key and puts a session in its place.
    private static bool IsTaken(CommitName commit) => commit.Number % 2 == 0;

    private static bool IsDropped(string type) => type is AuthKeyTypes.Session or AuthKeyTypes.SenderKey or AuthKeyTypes.SenderKeyMemory or AuthKeyTypes.DeviceList;

    private static AuthKey[] Ids(string type, params string[] ids) => [.. ids.Select(id => new AuthKey(type, id))];
}
