namespace HybridStore.MongoDb;

/// <summary>How the MongoDB cold tier uses its database.</summary>
public sealed class MongoDbColdTierOptions
{
    private const int MaxPrefix = 64;
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What the names of the tier's collections begin with. Stores with different prefixes share a database without seeing each other.
    /// </summary>
    /// <value><c>hybridstore_</c> by default; 1 to 64 ASCII letters, digits, <c>_</c>, <c>-</c> or <c>.</c>, not beginning with <c>system.</c></value>
    public string CollectionPrefix { get; set; } = "hybridstore_";

    /// <summary>
    /// How long one call may take, finding the server and repeats included, before it fails with <see cref="StoreUnavailableException"/>, or with
    /// <see cref="CommitOutcomeUnknownException"/> where a commit may have been kept. An import, an enumeration and a listing are many calls.
    /// </summary>
    /// <value>10 seconds by default; from 100 milliseconds to 10 minutes.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks the options.</summary>
    /// <returns>What is wrong and what to do about it, one message for each fault; empty if nothing is.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (!IsPrefix(CollectionPrefix))
        {
            faults.Add(
                $"{nameof(MongoDbColdTierOptions)}.{nameof(CollectionPrefix)} is \"{CollectionPrefix}\". Set it to 1 to {MaxPrefix} ASCII letters, digits, '_', '-' or '.', "
                + "not beginning with \"system.\"; the default is \"hybridstore_\".");
        }

        if (OperationTimeout < MinTimeout || OperationTimeout > MaxTimeout)
        {
            faults.Add(
                $"{nameof(MongoDbColdTierOptions)}.{nameof(OperationTimeout)} is {OperationTimeout}. Set it between {MinTimeout} and {MaxTimeout}; the default is 10 seconds.");
        }

        return faults;
    }

    internal MongoDbColdTierOptions Checked()
    {
        if (Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(' ', faults));
        return (MongoDbColdTierOptions)MemberwiseClone();
    }

    private static bool IsPrefix(string? prefix) =>
        prefix is { Length: > 0 and <= MaxPrefix }
        && prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        && prefix[0] != '.'
        && !prefix.StartsWith("system.", StringComparison.OrdinalIgnoreCase);
}
