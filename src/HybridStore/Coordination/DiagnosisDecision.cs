using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>What of a session waits for a person, as far as that can be seen from outside. Pure: everything it depends on is an argument.</summary>
/// <remarks>It says before an opening what the opening would find: what it calls lost is what <see cref="TakeoverDecision"/> does not find complete.</remarks>
internal static class DiagnosisDecision
{
    /// <summary>Decides what there is to say, the most pressing first.</summary>
    public static IReadOnlyList<AuthFindingKind> Judge(in SessionLook look)
    {
        var found = new List<AuthFindingKind>();
        if (IsBehindHot(look))
            found.Add(AuthFindingKind.ColdWentBack);
        if (FormerOf(look)?.Parked is { } parked && parked.Version > look.Head.Version)
            found.Add(AuthFindingKind.Parked);
        if (look.Head.RolledBackAt != 0)
            found.Add(AuthFindingKind.RolledBack);
        if (found.Contains(AuthFindingKind.ColdWentBack) || look.Head.AheadEpoch == 0 || look.IsHeld)
            return found;

        // Nobody holds it, and something may wait: only who asks hot knows what.
        if (look.Answer != HotAnswer.Answered)
            found.Add(AuthFindingKind.HotUnreachable);
        else if (look.Outbox is { HolderLives: true })
            found.Add(AuthFindingKind.HolderCutOff);
        else if (!look.EntriesLead || !TakeoverDecision.IsComplete(look.Head.AheadEpoch, sessionExists: true, InstallationOf(look)))
            found.Add(AuthFindingKind.HotLost);
        else if (!found.Contains(AuthFindingKind.Parked))
            found.Add(AuthFindingKind.HolderGone);
        return found;
    }

    private static HotInstallation InstallationOf(in SessionLook look) => new(true, look.RunId, FormerOf(look)) { KeepsEverything = look.KeepsEverything };

    /// <summary>How many commits wait in hot; <see langword="null"/>: hot does not know.</summary>
    public static long? WaitingIn(in SessionLook look) =>
        FormerOf(look) is { } former ? Math.Max(0, former.Version - Math.Max(former.DrainedVersion, look.Head.Version)) : null;

    /// <summary>The highest version that hot knows of this life of the session, or of a later one; <see langword="null"/>: it knows none.</summary>
    public static long? KnownToHot(in SessionLook look)
    {
        var incarnation = look.Head.Incarnation;
        var known = Math.Max(
            look.Outbox is { } outbox && outbox.Incarnation >= incarnation ? outbox.Version : 0,
            look.Meta is { } meta && meta.Incarnation >= incarnation ? meta.Version : 0);
        return known == 0 ? null : known;
    }

    /// <summary>The version at which cold had a later life of a session than it knows of now, as far as hot knows; <see langword="null"/>: hot knows of none.</summary>
    /// <param name="lastIncarnation">The last life that cold knows of, which was asked after hot: that of the session, or the last that ended.</param>
    /// <param name="meta">What hot knows of the session, if it does.</param>
    /// <param name="outbox">What hot knows of its outbox, if it does.</param>
    public static long? LostVersion(long lastIncarnation, HotMeta? meta, HotOutboxState? outbox)
    {
        // Nothing is queued, and no record is in hot, before cold has a session's first commit.
        var known = Math.Max(
            outbox is { DrainedVersion: not 0 } && outbox.Incarnation > lastIncarnation ? outbox.Version : 0,
            meta is not null && meta.Incarnation > lastIncarnation ? meta.Version : 0);
        return known == 0 ? null : known;
    }

    // Hot was asked first. So whatever it had from cold, cold had before it was asked.
    private static bool IsBehindHot(in SessionLook look)
    {
        var head = look.Head;
        if (look.Outbox is { } outbox && outbox.Epoch > head.Epoch)
            return true;
        if (LostVersion(head.Incarnation, look.Meta, look.Outbox) is not null)
            return true;
        if (look.Meta is { } meta && meta.Incarnation == head.Incarnation && meta.Version > head.Version && head.AheadEpoch == 0 && look.Outbox is null)
            return true;
        if (FormerOf(look) is not { } former)
            return false;
        return former.DrainedVersion > head.Version || (head.AheadEpoch == 0 && former.Version > head.Version && !look.EntriesLead);
    }

    private static HotOutboxState? FormerOf(in SessionLook look) => look.Outbox?.Incarnation == look.Head.Incarnation ? look.Outbox : null;
}
