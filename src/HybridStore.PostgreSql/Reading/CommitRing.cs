using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Reading;

/// <summary>The commit ids of a session's last 64 versions, as its row holds them: version v's stands at v % 64, and nobody's is zero.</summary>
internal static class CommitRing
{
    /// <summary>The commits that are remembered, in order of their versions.</summary>
    /// <param name="ids">The ring; empty if it was not asked for.</param>
    /// <param name="version">The session's version.</param>
    public static IReadOnlyList<CommitMark> List(Guid[] ids, long version)
    {
        if (ids.Length == 0)
            return [];
        var marks = new List<CommitMark>(ids.Length);
        for (var made = Math.Max(1, version - ids.Length + 1); made <= version; made++)
        {
            var id = new CommitId(ids[made % ids.Length]);
            if (!id.IsEmpty)
                marks.Add(new CommitMark(id, made));
        }

        return marks;
    }
}
