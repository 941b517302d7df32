using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>Gives the target's copy of a session the data keys that the source has, as they are wrapped there.</summary>
internal static class DataKeyCopy
{
    public static async ValueTask RunAsync(IColdTier to, AuthSessionId session, ColdRead source, CancellationToken cancellationToken)
    {
        var target = await to.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        if (target.Head is null)
            return;
        var missing = source.DataKeys.Where(s => target.DataKeys.All(t => t.Id != s.Id)).Reverse().ToList();
        var others = source.DataKeys.SelectMany(s => target.DataKeys.Where(t => t.Id == s.Id && !t.Bytes.Span.SequenceEqual(s.Bytes.Span)).Select(t => (From: t, To: s))).ToList();
        if (missing.Count + others.Count == 0)
            return;
        var keys = to.Keys ?? throw new StoreUnusableException(
            to.Name, StoreUnusableReason.MissingDependency, $"Session {session} has {source.DataKeys.Count} data keys, and the cold tier {to.Name} can't be given more than one. Copy it to another.");
        var newest = target.DataKeys[0].Id;
        foreach (var key in missing)
        {
            if (!await keys.AddDataKeyAsync(new DataKeyAddition(session, target.Head.Incarnation, newest, key), cancellationToken).ConfigureAwait(false))
                return;
            newest = key.Id;
        }

        // Wrapped anew in the source since they were copied. A session that lives in the target by now has its own say.
        if (others.Count > 0 && await new MigrationLock(to, session).IsOursAsync(cancellationToken).ConfigureAwait(false))
        {
            _ = await keys.RewrapAsync(
                [.. others.Select(o => new DataKeyRewrap(session, target.Head.Incarnation, o.To.Id, o.From.Bytes, o.To.Bytes))], cancellationToken).ConfigureAwait(false);
        }
    }
}
