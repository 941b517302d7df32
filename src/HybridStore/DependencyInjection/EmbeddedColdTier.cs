namespace HybridStore.DependencyInjection;

/// <summary>Finds the embedded cold tier, which is the default where nothing else was chosen.</summary>
/// <remarks>
/// The core references no driver, and still <c>AddHybridAuthStore()</c> alone shall work for whoever references the SQLite package. So the
/// package's factory is looked up by its name: a constant, which the trimmer and the AOT compiler follow.
/// </remarks>
internal static class EmbeddedColdTier
{
    public static IColdTierFactory? Find() =>
        Type.GetType("HybridStore.Sqlite.SqliteColdTierFactory, HybridStore.Sqlite") is { } type
            ? (IColdTierFactory?)Activator.CreateInstance(type)
            : null;
}
