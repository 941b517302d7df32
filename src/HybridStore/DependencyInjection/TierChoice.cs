using Microsoft.Extensions.Options;

namespace HybridStore.DependencyInjection;

/// <summary>Which tier configuration chooses, and what decided. Code (<c>UseSqlite</c>, <c>UseRedis</c>, ...) is over all of it.</summary>
/// <remarks>
/// What names this library comes first: <c>HYBRIDSTORE_COLD</c> and <c>HYBRIDSTORE_HOT</c>, or the options. Only where those say nothing, the variables that hosting
/// platforms set are looked at: an application that has a database of its own and has chosen another place for its sessions stays with its choice.
/// </remarks>
/// <param name="Uri">The tier, as <c>scheme:rest</c>. It may hold a password and is never shown; <see langword="null"/> is the embedded hot tier.</param>
/// <param name="Source">What decided: a variable's name, <c>HybridAuthStoreOptions.Cold</c>, <c>HybridAuthStoreOptions.Hot</c>, or <c>the default</c>.</param>
public sealed record TierChoice(string? Uri, string Source)
{
    /// <summary>The variable of a MongoDB, as hosting platforms set it.</summary>
    public const string MongoDbVariable = "MONGODB_URL";

    /// <summary>The variable of a database of any kind, as hosting platforms set it.</summary>
    public const string DatabaseVariable = "DATABASE_URL";

    /// <summary>The variable of a Redis, as hosting platforms set it.</summary>
    public const string RedisVariable = "REDIS_URL";

    internal const string Default = "the default";

    private const string Redis = "redis";

    /// <summary>Whether nothing was configured, so that the embedded tier is taken.</summary>
    public bool IsDefault => Source == Default;

    /// <summary>The scheme alone, such as <c>sqlite</c>.</summary>
    public string Scheme => Uri is null ? HotTierUri.Memory : HotTierUri.TryParse(Uri, out var uri) ? uri.Scheme : "(not understood)";

    /// <summary>Chooses the cold tier: <see cref="HybridAuthStoreOptions.Cold"/> (<c>HYBRIDSTORE_COLD</c>), else <c>MONGODB_URL</c> or <c>DATABASE_URL</c>, else SQLite.</summary>
    /// <param name="options">The options, as configuration, environment and code have set them.</param>
    /// <param name="environment">Reads a variable; <see langword="null"/>: of this process.</param>
    /// <exception cref="OptionsValidationException">Both variables are set and nothing else decides, or one is no URL.</exception>
    public static TierChoice Cold(HybridAuthStoreOptions options, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ColdSource is { } source)
            return new TierChoice(options.Cold, source);
        var mongoDb = Read(environment, MongoDbVariable);
        var database = Read(environment, DatabaseVariable);
        if (mongoDb is not null && database is not null)
        {
            throw Refused(
                $"{MongoDbVariable} and {DatabaseVariable} are both set, and either could be meant: unset one, or choose with {EnvironmentOptions.Cold} or HybridAuthStoreOptions.Cold.");
        }

        if ((mongoDb ?? database) is not { } url)
            return new TierChoice(options.Cold, Default);
        var variable = mongoDb is not null ? MongoDbVariable : DatabaseVariable;
        if (!ColdTierUri.TryParse(url, out var uri))
            throw Refused($"{variable} is not a URL of the form scheme://...");
        return mongoDb is null || uri.Scheme is "mongodb" or "mongodb+srv"
            ? new TierChoice(url, variable)
            : throw Refused($"{variable} is neither mongodb://... nor mongodb+srv://..., but names the scheme '{uri.Scheme}'.");
    }

    /// <summary>Chooses the hot tier: <see cref="HybridAuthStoreOptions.Hot"/> (<c>HYBRIDSTORE_HOT</c>), else <c>REDIS_URL</c>, else memory.</summary>
    /// <param name="options">The options, as configuration, environment and code have set them.</param>
    /// <param name="environment">Reads a variable; <see langword="null"/>: of this process.</param>
    /// <exception cref="OptionsValidationException"><c>REDIS_URL</c> is of another kind of server.</exception>
    public static TierChoice Hot(HybridAuthStoreOptions options, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.HotSource is { } source)
            return new TierChoice(options.Hot, source);
        if (Read(environment, RedisVariable) is not { } url)
            return new TierChoice(null, Default);
        if (url.StartsWith("redis://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase))
            return new TierChoice(url, RedisVariable);

        // host:6379,password=... is a Redis as well, as .NET's client writes it.
        return url.Contains("://", StringComparison.Ordinal)
            ? throw Refused($"{RedisVariable} is neither redis://..., rediss://... nor host:port,option=value.")
            : new TierChoice($"{Redis}:{url}", RedisVariable);
    }

    /// <summary>The scheme and what decided; nothing of the rest.</summary>
    public override string ToString() => $"{Scheme} ({Source})";

    /// <summary>Whether a factory of a scheme makes what is named: the one of <c>redis</c> makes <c>rediss</c> too, which is the same server behind TLS.</summary>
    internal static bool Makes(string factory, string scheme) => factory == scheme || (factory == Redis && scheme == "rediss");

    private static string? Read(Func<string, string?>? environment, string variable) =>
        (environment ?? Environment.GetEnvironmentVariable)(variable) is { Length: > 0 } value ? value : null;

    private static OptionsValidationException Refused(string message) => new(Options.DefaultName, typeof(HybridAuthStoreOptions), [message]);
}
