namespace HybridStore.Cli;

/// <summary>Whose state is imported.</summary>
internal enum ForeignFormat
{
    /// <summary>A folder of <c>useMultiFileAuthState</c>.</summary>
    Folder,

    /// <summary><c>useRedisAuthStateWithHSet</c> of the package baileys-redis-auth: one hash.</summary>
    BaileysRedisAuth,

    /// <summary><c>useRedisAuthState</c> of the same: a key for each record.</summary>
    BaileysRedisAuthKeys,

    /// <summary>Evolution API 2 with its instances in Redis: one hash, of JSON in JSON.</summary>
    Evolution,

    /// <summary>A collection of the package mongo-baileys, as <c>mongoexport</c> writes it to a file.</summary>
    MongoBaileys,
}
