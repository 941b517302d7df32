namespace HybridStore.Tiers;

/// <summary>Refuses what is no session, record or commit, before a cold tier does anything. The core checks first; this holds for whoever calls the tier itself.</summary>
public static class ColdInput
{
    /// <summary>Refuses a session id that names nothing.</summary>
    /// <param name="session">The session.</param>
    /// <exception cref="InvalidAuthInputException">It is empty.</exception>
    public static void Check(AuthSessionId session)
    {
        if (session.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Session, AuthInputFault.Empty, "The session id is empty.");
    }

    /// <summary>Refuses keys that address nothing.</summary>
    /// <param name="keys">The keys.</param>
    /// <exception cref="InvalidAuthInputException">One is empty.</exception>
    public static void Check(IReadOnlyList<AuthKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        for (int i = 0; i < keys.Count; i++)
            Check(keys[i]);
    }

    /// <summary>Refuses a commit that no tier can take, whatever it holds.</summary>
    /// <param name="commit">The commit.</param>
    /// <exception cref="InvalidAuthInputException">A name or a commit id is empty.</exception>
    /// <exception cref="ArgumentException">It has no patches, its keys contradict each other, a patch or what it took in does not lead upwards, or nothing of history is to be kept.</exception>
    public static void Check(ColdCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        Check(commit.Session);
        if (commit.Patches.Count == 0)
            throw new ArgumentException("The commit has no patches.", nameof(commit));
        if (commit.NewDataKey is { } key && key.Id != commit.SealedWith)
            throw new ArgumentException($"The new data key {key.Id} is not the one that sealed the commit, {commit.SealedWith}.", nameof(commit));
        if (commit.History is { MaxVersions: < 1 } or { Period.Ticks: <= 0 })
            throw new ArgumentException($"Of history, {commit.History.MaxVersions} versions or {commit.History.Period} are to be kept. Leave it out to keep none.", nameof(commit));
        foreach (var patch in commit.Patches)
            Check(patch);
    }

    /// <summary>Refuses an import that names nothing. Its records are checked as they come.</summary>
    /// <param name="import">The import.</param>
    /// <exception cref="InvalidAuthInputException">The session or the commit id is empty.</exception>
    public static void Check(ColdImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        Check(import.Session);
        Check(import.CommitId);
    }

    /// <summary>Refuses what is no ring.</summary>
    /// <param name="expectedVersion">The version that was read.</param>
    /// <param name="content">The ring.</param>
    /// <exception cref="ArgumentException">There is no such version, or nothing in it.</exception>
    public static void CheckRing(long expectedVersion, ReadOnlyMemory<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        if (content.IsEmpty)
            throw new ArgumentException("The key ring is empty.", nameof(content));
    }

    /// <summary>Refuses data keys of no session.</summary>
    /// <param name="keys">The keys.</param>
    /// <exception cref="InvalidAuthInputException">A session is empty.</exception>
    public static void Check(IReadOnlyList<DataKeyRewrap> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
            Check(key.Session);
    }

    /// <summary>Refuses a data key that no session can have.</summary>
    /// <param name="addition">The key.</param>
    /// <exception cref="InvalidAuthInputException">The session is empty.</exception>
    /// <exception cref="ArgumentException">The key has no id, or follows itself.</exception>
    public static void Check(DataKeyAddition addition)
    {
        ArgumentNullException.ThrowIfNull(addition);
        Check(addition.Session);
        if (addition.Key.Id.IsEmpty || addition.Key.Id == addition.After)
            throw new ArgumentException($"The data key {addition.Key.Id} can't follow {addition.After}.", nameof(addition));
    }

    /// <summary>Refuses envelopes of no record.</summary>
    /// <param name="session">The session.</param>
    /// <param name="records">The records.</param>
    /// <exception cref="InvalidAuthInputException">The session or a record's key is empty.</exception>
    /// <exception cref="ArgumentException">A record has no version or no envelope.</exception>
    public static void Check(AuthSessionId session, IReadOnlyList<SealedRecord> records)
    {
        Check(session);
        ArgumentNullException.ThrowIfNull(records);
        foreach (var record in records)
        {
            Check(record.Key);
            if (!record.Exists)
                throw new ArgumentException($"The record {record.Key} does not exist: it has no envelope to be replaced.", nameof(records));
        }
    }

    /// <summary>Refuses a record that an import can't create.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="InvalidAuthInputException">Its key is empty.</exception>
    /// <exception cref="ArgumentException">It has no envelope.</exception>
    public static void CheckImported(SealedChange record)
    {
        if (record.Key.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "A record of the import has no key.");
        if (record.Envelope is null)
            throw new ArgumentException($"The record {record.Key} of the import has no envelope: an import only creates.");
    }

    private static void Check(SealedPatch patch)
    {
        Check(patch.CommitId);
        if (patch.Predecessor is { } predecessor && (predecessor < 0 || patch.Version <= predecessor))
            throw new ArgumentException($"Commit {patch.CommitId} leads from version {predecessor} to {patch.Version}: it must lead upwards.");
        CheckAbsorbed(patch);
        for (int i = 0; i < patch.Changes.Count; i++)
            Check(patch.Changes[i].Key);
        for (int i = 0; i < patch.Expectations.Count; i++)
            Check(patch.Expectations[i].Key);
    }

    private static void CheckAbsorbed(SealedPatch patch)
    {
        if (patch.Absorbed.Count == 0)
            return;
        if (patch.Predecessor is not { } last)
            throw new ArgumentException($"Commit {patch.CommitId} took in others, but does not say where it belongs.");
        foreach (var absorbed in patch.Absorbed)
        {
            Check(absorbed.Id);
            if (absorbed.Version <= last || absorbed.Version >= patch.Version)
                throw new ArgumentException($"Commit {patch.CommitId} at version {patch.Version} can't have taken in {absorbed.Id} at {absorbed.Version} after {last}.");
            last = absorbed.Version;
        }
    }

    private static void Check(CommitId id)
    {
        if (id.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.CommitId, AuthInputFault.Empty, "The commit id is empty.");
    }

    private static void Check(AuthKey key)
    {
        if (key.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "The record's key is empty.");
    }
}
