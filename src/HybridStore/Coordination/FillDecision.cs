namespace HybridStore.Coordination;

/// <summary>Whether what was read from a tier may be kept in this process (protocol rule 5). Pure: everything it depends on is an argument.</summary>
internal static class FillDecision
{
    /// <summary>Decides it for one record.</summary>
    /// <param name="snapshot">The point of the session at which the tier answered.</param>
    /// <param name="held">The point at which the record that is held was so; <see langword="null"/>: none is.</param>
    /// <param name="gone">The newest point of any record that was let go: it may have been this one, and then an older answer must not take its place.</param>
    public static bool MayFill(SeenMark snapshot, SeenMark? held, SeenMark gone) => held is { } point ? snapshot > point : snapshot >= gone;
}
