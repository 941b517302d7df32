using System.Text;
using HybridStore.Redis.Connection;
using StackExchange.Redis;

namespace HybridStore.Redis;

/// <summary>Reads what another program keeps in Redis: a hash, or the strings whose keys begin alike. It writes nothing there.</summary>
public sealed class RedisForeignReader : IAsyncDisposable
{
    private const string Tier = "redis";
    private const int AtOnce = 256;

    private readonly ConnectionMultiplexer _connection;

    private RedisForeignReader(ConnectionMultiplexer connection) => _connection = connection;

    /// <summary>Connects.</summary>
    /// <param name="connectionString">Such as <c>localhost:6379,password=...</c>, or a URL, <c>redis://user:password@host:port/database</c>. It is never shown.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentException">The string is not understood.</exception>
    /// <exception cref="StoreUnavailableException">The server does not answer, or refuses the password.</exception>
    public static async Task<RedisForeignReader> ConnectAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        var options = RedisOptionsParser.Parse(connectionString).Clone();
        options.AbortOnConnectFail = true;
        options.ClientName ??= "hybridstore";
        return await AskAsync(async () => new RedisForeignReader(await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
    }

    /// <summary>Reads a hash, as it is at one moment.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its fields in ordinal order; none if there is no such key.</returns>
    /// <exception cref="StoreUnavailableException">The server does not answer.</exception>
    /// <exception cref="StoreUnusableException">The server refuses: it is no hash, or a right is missing.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>> ReadHashAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var fields = await AskAsync(() => _connection.GetDatabase().HashGetAllAsync(key).WaitAsync(cancellationToken)).ConfigureAwait(false);
        return Ordered(fields.Select(static field => KeyValuePair.Create((string)field.Name!, Bytes(field.Value))));
    }

    /// <summary>Reads the strings whose keys begin with a text, one after the other.</summary>
    /// <param name="prefix">What they begin with.</param>
    /// <param name="takes">Which of them, by what follows.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What follows the beginning, in ordinal order, and the values.</returns>
    /// <exception cref="StoreUnavailableException">The server does not answer.</exception>
    /// <exception cref="StoreUnusableException">The server refuses: one is no string, or a right is missing.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>> ReadKeysAsync(string prefix, Func<string, bool> takes, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentNullException.ThrowIfNull(takes);
        var names = await AskAsync(() => Task.Run(() => ListNames(prefix, takes), cancellationToken)).ConfigureAwait(false);
        var database = _connection.GetDatabase();
        var read = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>(names.Count);
        foreach (var part in names.Chunk(AtOnce))
        {
            // One by one, but at once: in a cluster they are in many places.
            var values = await AskAsync(() => Task.WhenAll(part.Select(name => database.StringGetAsync(prefix + name))).WaitAsync(cancellationToken)).ConfigureAwait(false);
            foreach (var (name, value) in part.Zip(values))
            {
                if (!value.IsNull)
                    read.Add(KeyValuePair.Create(name, Bytes(value)));
            }
        }

        return read;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync().ConfigureAwait(false);
        _connection.Dispose();
    }

    private List<string> ListNames(string prefix, Func<string, bool> takes)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var database = _connection.GetDatabase().Database;
        foreach (var server in _connection.GetEndPoints().Select(e => _connection.GetServer(e)).Where(static s => s.IsConnected))
        {
            foreach (var key in server.Keys(database, Escape(prefix) + "*", pageSize: 1000))
            {
                if ((string?)key is { } text && text.StartsWith(prefix, StringComparison.Ordinal) && takes(text[prefix.Length..]))
                    names.Add(text[prefix.Length..]);
            }
        }

        return [.. names];
    }

    /// <summary>What is not a letter or digit means something in a pattern, or may.</summary>
    private static string Escape(string text)
    {
        var pattern = new StringBuilder();
        foreach (var c in text)
        {
            if (c is '*' or '?' or '[' or ']' or '\\' or '^')
                pattern.Append('\\');
            pattern.Append(c);
        }

        return pattern.ToString();
    }

    private static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Ordered(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> entries) =>
        [.. entries.OrderBy(static e => e.Key, StringComparer.Ordinal)];

    private static ReadOnlyMemory<byte> Bytes(RedisValue value) => (byte[]?)value ?? [];

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisConnectionException or TimeoutException)
        {
            throw new StoreUnavailableException(Tier, "Redis does not answer, or refuses the connection.", e);
        }
        catch (RedisServerException e)
        {
            throw new StoreUnusableException(Tier, StoreUnusableReason.NotOurs, $"Redis refuses to read it: {e.Message.Split(' ')[0]}.", e);
        }
    }
}
