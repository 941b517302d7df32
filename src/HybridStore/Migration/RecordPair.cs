using System.Runtime.CompilerServices;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>A record as both stores have it; one that is absent there has version 0.</summary>
internal readonly record struct RecordPair(AuthKey Key, SealedRecord Source, SealedRecord Target)
{
    public bool IsSame => Source.Version == Target.Version && Source.Envelope.Span.SequenceEqual(Target.Envelope.Span);

    /// <summary>Goes through the records of both stores at once, which come in the same order, with those of one page in memory.</summary>
    public static async IAsyncEnumerable<RecordPair> EnumerateAsync(
        IColdTier from, IColdTier to, AuthSessionId session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = from.EnumerateAsync(session, type: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var sourceScope = source.ConfigureAwait(false);
        var target = to.EnumerateAsync(session, type: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var targetScope = target.ConfigureAwait(false);
        var inSource = await source.MoveNextAsync().ConfigureAwait(false);
        var inTarget = await target.MoveNextAsync().ConfigureAwait(false);
        while (inSource || inTarget)
        {
            var order = !inSource ? 1 : !inTarget ? -1 : Utf8Order.Keys.Compare(source.Current.Key, target.Current.Key);
            var key = order <= 0 ? source.Current.Key : target.Current.Key;
            yield return new RecordPair(
                key, order <= 0 ? source.Current : SealedRecord.Absent(key), order >= 0 ? target.Current : SealedRecord.Absent(key));
            if (order <= 0)
                inSource = await source.MoveNextAsync().ConfigureAwait(false);
            if (order >= 0)
                inTarget = await target.MoveNextAsync().ConfigureAwait(false);
        }
    }
}
