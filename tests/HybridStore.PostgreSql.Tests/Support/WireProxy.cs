using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>Stands between a tier and a server and follows their messages: counts round trips and statements, and cuts a connection at a given point of one.</summary>
internal sealed class WireProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _clients = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly int _upstream;
    private readonly Task _accepting;
    private int _roundTrips;
    private int _statements;
    private volatile CutPoint _cut;
    private volatile bool _hangs;

    public WireProxy(int upstream)
    {
        _upstream = upstream;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How a tier gets here: in plain text, which is what can be followed.</summary>
    public string ConnectionString => $"{PostgreSqlServer.ConnectionStringTo(Port)};Ssl Mode=Disable;Gss Encryption Mode=Disable";

    /// <summary>How often somebody waited for the server: each ends with a Sync, or is a simple query.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>How many statements were executed.</summary>
    public int Statements => Volatile.Read(ref _statements);

    /// <summary>Where the next round trip is cut; once.</summary>
    public CutPoint Cut
    {
        set => _cut = value;
    }

    /// <summary>From now on nothing gets through, and nothing is cut.</summary>
    public bool Hangs
    {
        set => _hangs = value;
    }

    public void CutAll()
    {
        foreach (var client in _clients.Keys)
            client.Dispose();
    }

    public void Reset() => _roundTrips = _statements = 0;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            _clients[client] = 0;
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _closing.Token);
            await Task.WhenAny(PumpAsync(client, server, isRequest: true), PumpAsync(server, client, isRequest: false));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isRequest)
    {
        var (source, target) = (from.GetStream(), to.GetStream());
        var header = new byte[5];
        for (var isFirst = isRequest; ; isFirst = false)
        {
            // Only the first message of a client, the start-up, has no type in front.
            var prefix = isFirst ? 4 : 5;
            await source.ReadExactlyAsync(header.AsMemory(0, prefix), _closing.Token);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(prefix - 4)) - 4];
            await source.ReadExactlyAsync(body, _closing.Token);
            var type = isFirst ? '\0' : (char)header[0];
            while (_hangs)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _closing.Token);
            if (isRequest)
                Count(type);
            if (IsCutBefore(type, isRequest))
                return;
            await target.WriteAsync(header.AsMemory(0, prefix), _closing.Token);
            await target.WriteAsync(body, _closing.Token);
        }
    }

    private void Count(char type)
    {
        if (type is 'S' or 'Q')
            Interlocked.Increment(ref _roundTrips);
        if (type is 'E' or 'Q')
            Interlocked.Increment(ref _statements);
    }

    private bool IsCutBefore(char type, bool isRequest)
    {
        var isHere = _cut switch
        {
            CutPoint.BeforeTheRequest => isRequest && type is 'P' or 'B',
            CutPoint.BeforeItsEnd => isRequest && type == 'S',
            CutPoint.BeforeTheAnswer => !isRequest && type == '2',
            CutPoint.BeforeTheRow => !isRequest && type == 'D',
            CutPoint.BeforeTheTransactionIsOver => !isRequest && type == 'Z',
            _ => false,
        };
        if (isHere)
            _cut = CutPoint.Nowhere;
        return isHere;
    }
}
