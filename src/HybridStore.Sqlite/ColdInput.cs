using HybridStore.Tiers;

namespace HybridStore.Sqlite;

/// <summary>Refuses what is no session, record or commit, before anything is done. The core checks first; this holds for whoever calls the tier itself.</summary>
internal static class ColdInput
{
    public static void Check(AuthSessionId session)
    {
        if (session.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Session, AuthInputFault.Empty, "The session id is empty.");
    }

    public static void Check(IReadOnlyList<AuthKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        for (int i = 0; i < keys.Count; i++)
            Check(keys[i]);
    }

    public static void Check(ColdCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        Check(commit.Session);
        if (commit.Patches.Count == 0)
            throw new ArgumentException("The commit has no patches.", nameof(commit));
        if (commit.NewDataKey is { } key && key.Id != commit.SealedWith)
            throw new ArgumentException($"The new data key {key.Id} is not the one that sealed the commit, {commit.SealedWith}.", nameof(commit));
        foreach (var patch in commit.Patches)
            Check(patch);
    }

    public static void Check(ColdImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        Check(import.Session);
        Check(import.CommitId);
    }

    private static void Check(SealedPatch patch)
    {
        Check(patch.CommitId);
        if (patch.Predecessor is { } predecessor && (predecessor < 0 || patch.Version <= predecessor))
            throw new ArgumentException($"Commit {patch.CommitId} leads from version {predecessor} to {patch.Version}: it must lead upwards.");
        for (int i = 0; i < patch.Changes.Count; i++)
            Check(patch.Changes[i].Key);
        for (int i = 0; i < patch.Expectations.Count; i++)
            Check(patch.Expectations[i].Key);
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
