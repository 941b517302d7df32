using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Reading;

/// <summary>Connections for reading. A read runs on its caller's thread and never waits for the writer or for another read.</summary>
internal sealed class SqliteReaderPool(SqliteConnector connector, int maxIdle) : IDisposable
{
    private readonly SqliteReader?[] _idle = new SqliteReader?[maxIdle];
    private volatile bool _disposed;

    /// <summary>Opens the first connection and reads with it, before anybody writes.</summary>
    public void WarmUp()
    {
        var reader = new SqliteReader(connector.OpenReader());
        reader.ReadSessions(tenant: null, new SessionPage(null));
        Return(reader);
    }

    /// <summary>Runs a read; what fails comes out as a store's exception, and its connection is not used again.</summary>
    public TResult Use<TArgument, TResult>(TArgument argument, Func<SqliteReader, TArgument, TResult> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteColdTier));
        SqliteReader? reader = null;
        try
        {
            reader = Take() ?? new SqliteReader(connector.OpenReader());
            var result = read(reader, argument);
            Return(reader);
            return result;
        }
        catch (Exception e)
        {
            reader?.Dispose();
            if (SqliteErrors.Translate(e, connector.Path) is var translated && !ReferenceEquals(translated, e))
                throw translated;
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (Take() is { } reader)
            reader.Dispose();
    }

    private SqliteReader? Take()
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } reader)
                return reader;
        }

        return null;
    }

    private void Return(SqliteReader reader)
    {
        foreach (ref var slot in _idle.AsSpan())
        {
            if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, reader, null) is null)
            {
                // Disposed in between: whoever takes it out closes it.
                if (_disposed && Interlocked.Exchange(ref slot, null) is { } late)
                    late.Dispose();
                return;
            }
        }

        reader.Dispose();
    }
}
