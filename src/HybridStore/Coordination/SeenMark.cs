namespace HybridStore.Coordination;

/// <summary>The furthest point of a session that this process has seen: an incarnation and a version, or the end of an incarnation.</summary>
/// <param name="Incarnation">The life; 0: nothing was seen yet.</param>
/// <param name="Version">The version within it; <see cref="Ended"/>: that life was seen to be over.</param>
internal readonly record struct SeenMark(long Incarnation, long Version) : IComparable<SeenMark>
{
    public const long Ended = long.MaxValue;

    public bool IsEnd => Version == Ended;

    public static SeenMark EndOf(long incarnation) => new(incarnation, incarnation == 0 ? 0 : Ended);

    public int CompareTo(SeenMark other)
    {
        var byIncarnation = Incarnation.CompareTo(other.Incarnation);
        return byIncarnation != 0 ? byIncarnation : Version.CompareTo(other.Version);
    }

    public static bool operator <(SeenMark left, SeenMark right) => left.CompareTo(right) < 0;

    public static bool operator >(SeenMark left, SeenMark right) => left.CompareTo(right) > 0;

    public static bool operator <=(SeenMark left, SeenMark right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SeenMark left, SeenMark right) => left.CompareTo(right) >= 0;
}
