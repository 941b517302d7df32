using System.Globalization;
using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>The head of an entry of the outbox, as text: format, incarnation, epoch, predecessor, version, number of changes, commit id, and the absorbed ones with their versions.</summary>
internal sealed record EntryHead(long Incarnation, long Epoch, long Predecessor, long Version, int Changes, CommitId CommitId, IReadOnlyList<CommitMark> Absorbed)
{
    private const int FixedParts = 7;

    public static string Of(QueuedCommit commit, SealedPatch patch)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{SessionControl.Format} {commit.Incarnation} {commit.Epoch} {patch.Predecessor} {patch.Version} {patch.Changes.Count} {patch.CommitId.Value:N}");
        if (patch.Absorbed.Count == 0)
            return head;
        var text = new StringBuilder(head);
        foreach (var mark in patch.Absorbed)
            text.Append(CultureInfo.InvariantCulture, $" {mark.Id.Value:N} {mark.Version}");
        return text.ToString();
    }

    public static EntryHead? Parse(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length < FixedParts || parts[0] != SessionControl.Format || (parts.Length - FixedParts) % 2 != 0)
            return null;
        try
        {
            var absorbed = new CommitMark[(parts.Length - FixedParts) / 2];
            for (var i = 0; i < absorbed.Length; i++)
                absorbed[i] = new CommitMark(Id(parts[FixedParts + (2 * i)]), Number(parts[FixedParts + (2 * i) + 1]));
            return new EntryHead(Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4]), checked((int)Number(parts[5])), Id(parts[6]), absorbed);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static CommitId Id(string text) => new(Guid.ParseExact(text, "N"));
}
