namespace HybridStore.Cli;

/// <summary>What a command needs of the database.</summary>
internal enum StoreUse
{
    /// <summary>It must be there.</summary>
    Existing,

    /// <summary>It is created if it is not there.</summary>
    CreateIfMissing,

    /// <summary>One that is not there is taken for an empty one, and still not there afterwards.</summary>
    EmptyIfMissing,
}
