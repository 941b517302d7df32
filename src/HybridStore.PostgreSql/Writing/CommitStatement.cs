using HybridStore.PostgreSql.Engine;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Writing;

/// <summary>A commit as one call of the server's function, and what the function answers.</summary>
/// <remarks>What belongs to patches goes as arrays of all patches together, with the ends of each patch's part beside them.</remarks>
internal static class CommitStatement
{
    private const int Parameters = 29;
    private const int ParametersWithHistory = Parameters + 3;

    public static void AddTo(NpgsqlBatch batch, PostgreSqlDatabase database, ColdCommit commit, DateTimeOffset? now)
    {
        var patches = commit.Patches;
        var sets = new Part<SealedChange>(patches, static p => p.Changes, static c => c.Envelope is not null);
        var deletes = new Part<SealedChange>(patches, static p => p.Changes, static c => c.Envelope is null);
        var absorbed = new Part<CommitMark>(patches, static p => p.Absorbed);
        var expectations = new Part<AuthExpectation>(patches, static p => p.Expectations);
        var history = commit.History;
        var statement = Statement.Of(batch, history is null ? database.Sql.Call("commit_v1", Parameters) : database.Sql.Call("commit_with_history_v1", ParametersWithHistory))
            .Text(commit.Session.Tenant).Text(commit.Session.Session).Bytes(SessionNameHash.Compute(commit.Session))
            .Long(commit.Incarnation).Long(commit.Epoch).Long(commit.SeenVersion).Long(Id(commit.SealedWith)).Int((int)commit.Rollback)
            .BytesOrNull(commit.NewDataKey?.Bytes).TimeOrNull(now)
            .Uuids(Each(patches, static p => p.CommitId.Value)).LongsOrNull(Each(patches, static p => p.Predecessor))
            .Longs(Each(patches, static p => p.Version)).LongsOrNull(Each(patches, static p => p.ExpectedSessionVersion))
            .Ints(absorbed.Ends).Uuids(Each(absorbed.Items, static a => a.Id.Value)).Longs(Each(absorbed.Items, static a => a.Version))
            .Ints(sets.Ends).Texts(Each(sets.Items, static c => c.Key.Type)).Texts(Each(sets.Items, static c => c.Key.Id))
            .Longs(Each(sets.Items, static c => c.Version)).BytesOfEach(Each(sets.Items, static c => c.Envelope!.Value))
            .Ints(deletes.Ends).Texts(Each(deletes.Items, static c => c.Key.Type)).Texts(Each(deletes.Items, static c => c.Key.Id))
            .Ints(expectations.Ends).Texts(Each(expectations.Items, static e => e.Key.Type)).Texts(Each(expectations.Items, static e => e.Key.Id))
            .Longs(Each(expectations.Items, static e => e.Version));
        if (history is not null)
            _ = statement.IntOrNull(history.MaxVersions).LongOrNull((long?)history.Period?.TotalMicroseconds).Texts([.. history.ExceptTypes]);
    }

    public static ColdCommitResult Read(NpgsqlDataReader row, ColdCommit commit)
    {
        var status = (ColdCommitStatus)row.GetInt32(0);
        return new ColdCommitResult
        {
            Status = status,
            Incarnation = row.GetInt64(1),
            Version = row.GetInt64(2),
            PreviousVersion = status == ColdCommitStatus.Committed ? row.GetInt64(3) : 0,
            Epoch = row.GetInt64(4),
            Conflict = status == ColdCommitStatus.Conflict ? new CommitConflict(ConflictingKey(row.GetInt32(5), commit), row.GetInt64(6), row.GetInt64(7)) : null,
        };
    }

    public static long Id(Codec.DataKeyId id) => unchecked((long)id.Value);

    // 0: the session's version; otherwise the place among the expectations of all patches.
    private static AuthKey? ConflictingKey(int place, ColdCommit commit) =>
        place == 0 ? null : new Part<AuthExpectation>(commit.Patches, static p => p.Expectations).Items[place - 1].Key;

    private static TResult[] Each<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> value)
    {
        if (items.Count == 0)
            return [];
        var values = new TResult[items.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(items[i]);
        return values;
    }

    /// <summary>One kind of what the patches hold, of all patches together, and where each patch's part ends.</summary>
    private readonly struct Part<T>
    {
        public Part(IReadOnlyList<SealedPatch> patches, Func<SealedPatch, IReadOnlyList<T>> of, Func<T, bool>? where = null)
        {
            var items = new List<T>();
            Ends = new int[patches.Count];
            for (var i = 0; i < Ends.Length; i++)
            {
                var part = of(patches[i]);
                for (var j = 0; j < part.Count; j++)
                {
                    if (where is null || where(part[j]))
                        items.Add(part[j]);
                }

                Ends[i] = items.Count;
            }

            Items = items;
        }

        public IReadOnlyList<T> Items { get; }

        public int[] Ends { get; }
    }
}
