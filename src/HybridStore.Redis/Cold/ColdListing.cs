using System.Runtime.CompilerServices;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>Lists sessions in order: a page of each bucket's list is at hand, and the least of their first names is next.</summary>
internal sealed class ColdListing(ColdServer server, Func<string, int, RedisKey> list, string? tenant, Func<ListedHead, bool> isListed)
{
    // The buckets' pages are all in memory at once.
    private const int PageNames = 16;

    // The first pages are asked for some at a time, so that a listing does not push aside what others ask.
    private const int AtOnce = 32;

    public async IAsyncEnumerable<ColdSession> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = new PriorityQueue<Page, byte[]>(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        var all = ColdRange.Of(tenant);
        for (var first = 0; first < ColdBucket.Count; first += AtOnce)
        {
            var pages = await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(bucket => ReadAsync(bucket, all, cancellationToken))).ConfigureAwait(false);
            foreach (var page in pages)
            {
                if (page is not null)
                    next.Enqueue(page, page.Name);
            }
        }

        while (next.TryDequeue(out var page, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (name, head) = page.Take();
            if (isListed(head))
            {
                var (ofTenant, session) = ColdName.Decode(name);
                yield return new ColdSession(new AuthSessionId(ofTenant, session), head.Head);
            }

            var rest = page.IsEmpty ? page.IsLast ? null : await ReadAsync(page.Bucket, all.After(name), cancellationToken).ConfigureAwait(false) : page;
            if (rest is not null)
                next.Enqueue(rest, rest.Name);
        }
    }

    private async Task<Page?> ReadAsync(int bucket, ColdRange range, CancellationToken cancellationToken)
    {
        var names = ColdReply.Array(await server.ReadAsync(ColdScript.Names, [list(server.Prefix, bucket)], [range.From, range.To, PageNames], "list", cancellationToken)
            .ConfigureAwait(false));
        if (names.Length == 0)
            return null;

        // Heads are read by the names' hashes, which only this side computes.
        var sessions = names.Select(static name => ColdReply.Bytes(name)).ToList();
        var keys = sessions.Select(name => ColdName.Decode(name) is var (of, session) ? server.KeysOf(new AuthSessionId(of, session)).Head : default).ToArray();
        var heads = ColdReply.Array(await server.ReadAsync(ColdScript.Heads, keys, [server.Now], "list", cancellationToken).ConfigureAwait(false));
        return new Page(bucket, sessions, [.. heads.Select(static head => new ListedHead(ColdReply.HeadOrHeld(head), ColdReply.Number(ColdReply.Array(head)[7]) != 0))], names.Length < PageNames);
    }

    private sealed class Page(int bucket, List<byte[]> names, List<ListedHead> heads, bool isLast)
    {
        private int _at;

        public int Bucket => bucket;

        public bool IsLast => isLast;

        public bool IsEmpty => _at == names.Count;

        public byte[] Name => names[_at];

        public (byte[] Name, ListedHead Head) Take() => (names[_at], heads[_at++]);
    }
}
