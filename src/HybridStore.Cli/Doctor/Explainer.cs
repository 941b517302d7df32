namespace HybridStore.Cli.Doctor;

/// <summary>Says of each finding what it is, how it came, what is at risk, and what each way out costs.</summary>
internal static class Explainer
{
    // Beyond these, `verify` names them.
    private const int MostCommandsForRecords = 10;

    private const string No = "no";
    private const string Maybe = "maybe";
    private const string Yes = "yes";

    /// <summary>The page of the runbook.</summary>
    public static string PageOf(AuthFindingKind kind) =>
        $"docs/runbook/{string.Concat(kind.ToString().Select(static (c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"))}.md";

    public static Explanation Of(AuthFinding finding)
    {
        if (finding.Session is not { } session)
            return OfTheStore(finding);
        var cold = finding.ColdVersion;
        return finding.Kind switch
        {
            AuthFindingKind.Parked => new(
                Say($"The session is parked: the store refuses the queued commit that made version {finding.Version} ({finding.Detail}). {Waiting(finding)}"),
                "The store answered and refused it each time it was tried: a trigger, a constraint, a full or read-only disk, a schema that was changed by hand.",
                "Reads go on, commits are refused. What waits is in the hot tier alone: if that is lost, it is lost.",
                [
                    new("Mend what refuses it in the store, then try again.", Command(session, "outbox", "retry"), "nothing", "all that waits is drained, in order", No),
                    new(
                        "Give up this one commit.",
                        Command(session, ["outbox", "discard", "--version", Say($"{finding.Version}")], "--yes"),
                        Say($"what version {finding.Version} wrote; the session is marked as rolled back"),
                        "the commits behind it, and everything in the store",
                        Maybe),
                    Deletion(session),
                ]),
            AuthFindingKind.RolledBack => new(
                Say($"The session is marked as rolled back behind version {finding.Version}; the store has version {cold}."),
                "Queued commits were lost with the hot tier, or were given up; or an older state was put in place, by a restore, a rollback or after the store went back.",
                "Signal counters may be behind what peers have seen. The bot is told each time it opens the session, until somebody acknowledges it.",
                [
                    new(
                        "Go on: note that this is known. Peers whose messages do not open any more are healed by their retries.",
                        Command(session, "acknowledge", "--yes"),
                        "what was lost stays lost; some messages come late or not at all",
                        "the identity and everything in the store",
                        No),
                    new("Put a newer backup in place, if there is one.", Command(session, ["restore", "FILE"], "--replace"), "what came after the backup, and Signal sessions, which are made anew", "the identity, if it is in the backup", No),
                    Deletion(session),
                ]),
            AuthFindingKind.ColdWentBack when cold == 0 => OfALostSession(finding, session),
            AuthFindingKind.ColdWentBack => new(
                Say($"The store went back in time: it has version {cold}, and the hot tier knows of {(finding.Version is { } known && known > cold ? Say($"version {known}") : "a later lease than the store does")}."),
                "The database was restored from a backup, or a standby that lagged was promoted.",
                "Opening the session fails, so that no Signal key is used twice. Nothing is read or written.",
                [
                    new("Put the newer database back, if it is still there.", null, "nothing", "everything", No),
                    new(
                        "Go on with what the store has.",
                        Command(session, ["accept", "--version", Say($"{cold}")], "--yes"),
                        Say($"everything after version {cold}; Signal sessions and sender keys, which are made anew; the session is marked as rolled back"),
                        Say($"the identity and the other records as they were at version {cold}"),
                        Maybe),
                    new("Put a newer backup in place, if there is one.", Command(session, ["restore", "FILE"], "--replace"), "what came after the backup, and Signal sessions, which are made anew", "the identity, if it is in the backup", Maybe),
                    Deletion(session),
                ]),
            AuthFindingKind.HotLost => new(
                "Commits may have been queued that neither tier has any more: the store says that it may be behind, nobody holds the session, and the hot tier has lost its outbox, has gaps in it, or was restarted without keeping everything.",
                "The hot tier was emptied, replaced, restarted without its newest writes, or failed over to a replica that lagged, while the bot that could have told it again was gone.",
                "Whoever opens the session next has it marked as rolled back, and what was queued is given up for good.",
                [
                    new("If the hot tier's data is still somewhere (its AOF, another replica), bring it back before anything else opens the session.", null, "nothing", "everything", No),
                    new(
                        "Give up what may have been queued.",
                        Command(session, ["outbox", "abandon"], "--yes"),
                        Say($"what was queued after version {cold}; the session is marked as rolled back"),
                        "everything in the store",
                        Maybe),
                    Deletion(session),
                ]),
            AuthFindingKind.HotUnreachable => new(
                "Commits may be queued in the hot tier, nobody holds the session, and the hot tier does not answer, or none that queues is named here.",
                "The bot ended, or was killed, before the store had everything, and the hot tier is away; or this command was not told which it is (--hot).",
                "Opening the session fails, so that it does not go back in time. Nothing is lost as long as the hot tier's data is.",
                [
                    new("Bring the hot tier back with its data, or name it with --hot; then drain it.", ShellText.Command("outbox", "reconcile"), "nothing", "everything", No),
                    new(
                        "If it is gone for good: give up what was queued.",
                        Command(session, ["outbox", "abandon"], "--yes", "--hot", "none"),
                        Say($"what was queued after version {cold}; the session is marked as rolled back"),
                        "everything in the store",
                        Maybe),
                ]),
            AuthFindingKind.HolderGone => new(
                Say($"Whoever held the session is gone, or does not renew its lease, and did not give it back. {Waiting(finding)}"),
                "The process was killed, crashed, hangs, or was cut off from both tiers for longer than its lease lasts.",
                "Nothing, as long as the hot tier keeps its data. It passes by itself: the reconciler of any process, or whoever opens the session, drains it.",
                [new("Do it now.", ShellText.Command("outbox", "reconcile"), "nothing; a process that only hangs finds its lease lost", "everything", No)]),
            AuthFindingKind.HolderCutOff => new(
                Say($"The session's bot lives and does not reach the store: it extends its lease in the hot tier. {Waiting(finding)}"),
                "The network between the bot and the store, the store's limits on connections, or its credentials.",
                "What is queued is in the hot tier and in the bot's memory. It passes by itself when the bot reaches the store.",
                [new("Mend the way from the bot to the store.", null, "nothing", "everything", No)]),
            AuthFindingKind.RecordsDamaged => OfDamage(finding, session),
            AuthFindingKind.RecordsQuarantined => new(
                Say($"{finding.Count} damaged envelopes that were replaced are kept in quarantine."),
                "Records were found damaged, and somebody said that they may be replaced.",
                "None. Once there are 64, nothing damaged is replaced any more.",
                [
                    new("Look at them.", Command(session, "quarantine", "list"), "nothing", "everything", No),
                    .. finding.Records.Take(MostCommandsForRecords).Select(r => new WayOut(
                        "Remove one for good.", Command(session, ["quarantine", "discard", "--id", r.Id], "--yes"), "the envelope as it was found", "the session's records", No)),
                ]),
            AuthFindingKind.MasterKeyMissing => new(
                Say($"Data keys of the session are wrapped under a master key that is not given here ({finding.Detail ?? "unknown"})."),
                "The master key was replaced without wrapping the data keys anew, or this is another store's key.",
                "Records under these keys do not open; the bot fails with a MasterKeyException. Nothing is damaged.",
                [
                    new(
                        $"Give the former key as {EnvironmentNames.PreviousMasterKeys}, and wrap all data keys under the present one.",
                        ShellText.Command("keys", "rotate"), "nothing", "everything; no value is rewritten", No),
                    Deletion(session),
                ]),
            AuthFindingKind.MasterKeyRevoked => new(
                Say($"Data keys of the session are wrapped under a master key that was revoked ({finding.Detail ?? "unknown"})."),
                "The key was revoked before all data keys were wrapped anew.",
                "Records under these keys do not open until that is done. Nothing is damaged.",
                [new("Wrap the data keys under the active master key.", ShellText.Command("keys", "rotate", "--rewrap-only"), "nothing", "everything; no value is rewritten", No), Deletion(session)]),
            AuthFindingKind.DataKeyMissing => new(
                "The session lacks a data key that its records need, or the key was changed.",
                "The database was restored without the table of data keys, or that table was changed.",
                "Records under that key do not open.",
                [
                    new(
                        "Put a backup in place with the file of its keys.",
                        Command(session, ["restore", "FILE", "--keys", "KEYS"], "--replace"), "what came after the backup, and Signal sessions, which are made anew", "the identity, if it is in the backup", Maybe),
                    Deletion(session),
                ]),
            AuthFindingKind.RecordsNotUnderstood => new(
                Say($"{finding.Count} records were written by a newer library, or with a cipher or compression that this one lacks."),
                "Bots were updated and this tool, or one of the bots, was not; or a package with the cipher is missing here.",
                "These records do not open here. Nothing is damaged.",
                [new("Update what is older, or give it the cipher.", Command(session, "verify"), "nothing", "everything", No)]),
            _ => throw new ArgumentOutOfRangeException(nameof(finding), finding.Kind, message: null),
        };
    }

    private static Explanation OfTheStore(AuthFinding finding) => new(
        finding.Detail ?? "",
        "The hot tier's settings, as it tells them itself.",
        "Commits that are queued may be lost without any failure of a bot.",
        [new("Change the setting on the server, for good (in its configuration file too).", null, "nothing", "everything", No)]);

    private static Explanation OfALostSession(AuthFinding finding, AuthSessionId session) => new(
        Say($"The store has lost the session: the hot tier knows of version {finding.Version} of a life that the store does not have, nor says that it was deleted; at most it has one of before a deletion."),
        "The database was restored from a backup of before the session was begun, or begun anew; or it was emptied, or is another one.",
        "Opening the session fails, so that it is not begun anew by mistake. Nothing is read or written.",
        [
            new("Put the newer database back, or name the right one.", null, "nothing", "everything", No),
            new("Put a backup of the session in place, with the file of its keys, if there is one.", Command(session, ["restore", "FILE", "--keys", "KEYS"], "--replace"), "what came after the backup, and Signal sessions, which are made anew", "the identity", No),
            new("Begin anew.", Command(session, ["accept", "--version", "0"], "--yes"), "the session with all its records", "nothing of it", Yes),
        ]);

    private static Explanation OfDamage(AuthFinding finding, AuthSessionId session)
    {
        var remade = finding.Records.Where(static r => r != AuthKey.Creds && r.Type != AuthQuarantine.Type).ToList();
        return new(
            Say($"{finding.Count} records are damaged: {string.Join(", ", finding.Records.GroupBy(static r => r.Type).Select(static g => Say($"{g.Key} {g.Count()}")))}."),
            "Bytes in the store were changed or cut: a disk, a restore of single rows, a change by hand, or envelopes put into another place.",
            finding.Records.Contains(AuthKey.Creds)
                ? "The credentials are among them: without them the bot can't connect."
                : "Reading them fails. The others are not touched.",
            [
                new("Name each and its fault.", Command(session, "verify"), "nothing", "everything", No),
                new("Go back to a version before the damage, if history is kept.", Command(session, "history"), "what came after it, and Signal sessions, which are made anew", "the identity", No),
                new("Put a backup in place.", Command(session, ["restore", "FILE"], "--replace"), "what came after the backup, and Signal sessions, which are made anew", "the identity, if it is in the backup", No),
                .. remade.Take(MostCommandsForRecords).Select(r => new WayOut(
                    "Take one out, into quarantine: the client makes it anew where it can.",
                    Command(session, ["quarantine", "add", "--type", r.Type, "--id", r.Id], "--yes"),
                    "that record; of a session or sender key, some messages until the peer's retry; of a pre-key, a first message",
                    "its damaged bytes, in quarantine, and all other records",
                    No)),
                .. finding.Records.Contains(AuthKey.Creds) ? [Deletion(session)] : Array.Empty<WayOut>(),
            ]);
    }

    private static WayOut Deletion(AuthSessionId session) => new(
        "Begin anew.", Command(session, "delete", "--yes"), "the session with all its records", "nothing of it", Yes);

    private static string Waiting(AuthFinding finding) => finding.Count is { } count ? Say($"{count} commits wait.") : "How many commits wait is not known.";

    private static string Command(AuthSessionId session, string first, params string[] rest) =>
        rest.Length > 0 && !rest[0].StartsWith('-') ? Command(session, [first, .. rest], []) : Command(session, [first], rest);

    private static string Command(AuthSessionId session, string[] name, params string[] rest) => ShellText.Command([.. name, .. ShellText.Session(session), .. rest]);

    private static string Say(FormattableString text) => FormattableString.Invariant(text);
}
