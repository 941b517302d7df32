using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Npgsql;

namespace HybridStore.LoadTest.Measuring;

/// <summary>
/// What this process sends to a PostgreSQL and gets from it, in bytes of the protocol, as Npgsql's own meter counts it where it writes to its connections and reads from them.
/// A proxy in between would count the same and would slow every call. The meter is that of the whole process and tells of each figure which pool it belongs to: pools that
/// lead elsewhere are left out.
/// </summary>
internal sealed class PostgreSqlTraffic : IDisposable
{
    private const string PoolName = "db.client.connection.pool.name";
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _pools = new(StringComparer.Ordinal);
    private readonly Func<string?> _server;
    private long _sent;
    private long _received;

    /// <param name="server">The connection string of the server; <see langword="null"/> as long as there is none.</param>
    public PostgreSqlTraffic(Func<string?> server)
    {
        _server = server;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.Name is "db.client.operation.npgsql.bytes_written" or "db.client.operation.npgsql.bytes_read")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (IsOurs(tags))
            Interlocked.Add(ref instrument.Name.EndsWith("written", StringComparison.Ordinal) ? ref _sent : ref _received, value);
    }

    // A pool that was given no name has its connection string for one, without the password. What can't be told apart counts.
    private bool IsOurs(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: PoolName, Value: string pool })
                return _pools.TryGetValue(pool, out var isOurs) ? isOurs : _pools[pool] = IsOurs(pool);
        }

        return true;
    }

    private bool IsOurs(string pool)
    {
        if (_server() is not { } server)
            return false;
        var (here, there) = (new NpgsqlConnectionStringBuilder(server), new NpgsqlConnectionStringBuilder(pool));
        return (here.Host, here.Port) == (there.Host, there.Port);
    }
}
