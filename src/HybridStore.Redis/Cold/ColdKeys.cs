using System.Buffers.Text;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>
/// The keys of one session. All that belongs to it, and the list of its bucket's sessions, share a slot, so that every step is one script on one server of a
/// cluster. The names are made of the session's hash: what stays of a deleted session does not tell who it was.
/// </summary>
internal readonly struct ColdKeys
{
    private readonly string _prefix;
    private readonly string _own;

    public ColdKeys(string prefix, AuthSessionId session)
    {
        Span<byte> hash = stackalloc byte[SessionNameHash.Size];
        SessionNameHash.Compute(session, "HybridStore session 1"u8, hash);
        Bucket = ColdBucket.Of(hash);
        _prefix = prefix;
        _own = $"{ColdBucket.Key(prefix, Bucket, Base64Url.EncodeToString(hash))}:";
        Name = ColdName.Encode(session.Tenant, session.Session);
    }

    /// <summary>Which part of the sessions it belongs to.</summary>
    public int Bucket { get; }

    /// <summary>How the bucket's lists name the session.</summary>
    public byte[] Name { get; }

    /// <summary>Its own state; after its end, the tombstone.</summary>
    public RedisKey Head => _own + "h";

    /// <summary>Its records: a hash of values by field.</summary>
    public RedisKey Records => _own + "r";

    /// <summary>The records' fields in the order of their bytes.</summary>
    public RedisKey Order => _own + "o";

    /// <summary>Counts of records and bytes by type.</summary>
    public RedisKey Types => _own + "t";

    /// <summary>The commit ids that are remembered, by version.</summary>
    public RedisKey Commits => _own + "c";

    /// <summary>The wrapped data keys, newest first.</summary>
    public RedisKey DataKeys => _own + "d";

    /// <summary>The bucket's sessions in order of their names.</summary>
    public RedisKey Sessions => ColdBucket.Sessions(_prefix, Bucket);

    /// <summary>The bucket's sessions that carry an ahead mark.</summary>
    public RedisKey Ahead => ColdBucket.Ahead(_prefix, Bucket);

    /// <summary>Where an import keeps records, their order and their counts until it is whole.</summary>
    public RedisKey[] Staged(string import) => [$"{_own}{import}:r", $"{_own}{import}:o", $"{_own}{import}:t"];
}
