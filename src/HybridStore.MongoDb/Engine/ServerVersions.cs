namespace HybridStore.MongoDb.Engine;

/// <summary>Versions of MongoDB by the number that a server says in its hello.</summary>
internal static class ServerVersions
{
    /// <summary>MongoDB 5.0: the first with snapshot reads outside of transactions.</summary>
    public const int Oldest = 13;

    // The numbers below the oldest; one that is not listed is as old as the one before it.
    private static readonly (int WireVersion, string Name)[] Older =
        [(12, "4.9"), (11, "4.8"), (10, "4.7"), (9, "4.4"), (8, "4.2"), (7, "4.0"), (6, "3.6"), (5, "3.4"), (4, "3.2"), (3, "3.0"), (0, "2.6")];

    /// <summary>The refusal of a server that is too old, with its version and the oldest that does.</summary>
    public static StoreUnusableException TooOld(int wireVersion, Exception? inner = null) => new(
        MongoDbErrors.TierName,
        StoreUnusableReason.MissingDependency,
        $"The server is MongoDB {Array.Find(Older, older => wireVersion >= older.WireVersion).Name ?? "2.6"} (wire version {wireVersion}), which is older than 5.0 (wire version {Oldest}): "
        + "that is the first that reads several collections from one snapshot. Nothing was changed. Update the server.",
        inner);
}
