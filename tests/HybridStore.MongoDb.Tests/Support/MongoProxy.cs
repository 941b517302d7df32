using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>Stands between a tier and a server, and decides for each command what becomes of it.</summary>
internal sealed class MongoProxy : IAsyncDisposable
{
    private const int HeaderSize = 16;
    private const int OpMsg = 2013;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly (string Host, int Port) _upstream;
    private readonly Task _accepting;

    public MongoProxy(string host, int port)
    {
        _upstream = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Asked of each command that is not the driver's own watching of the server.</summary>
    public Func<string, ProxyAction> Decide { get; set; } = static _ => ProxyAction.Pass;

    /// <summary>What is answered to a command that is refused.</summary>
    public BsonDocument Answer { get; set; } = new("ok", 0);

    /// <summary>Closes all connections; new ones work.</summary>
    public void Cut()
    {
        foreach (var client in _clients.Keys)
        {
            _clients.TryRemove(client, out _);
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_closing.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _clients[client] = true;
        try
        {
            await server.ConnectAsync(_upstream.Host, _upstream.Port, _closing.Token);
            await PumpAsync(client.GetStream(), server.GetStream());
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

    // One command at a time, as a driver's connection does; its monitoring asks and is answered once each too, when the server does not stream.
    private async Task PumpAsync(NetworkStream client, NetworkStream server)
    {
        while (await ReadAsync(client) is { } request)
        {
            var action = CommandOf(request) is { } command ? Decide(command) : ProxyAction.Pass;
            if (action == ProxyAction.CutBefore)
                return;
            if (action == ProxyAction.Refuse)
            {
                await client.WriteAsync(AnswerTo(request), _closing.Token);
                continue;
            }

            await server.WriteAsync(request, _closing.Token);
            if (action == ProxyAction.Hang)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _closing.Token);
            var reply = await ReadAsync(server);
            if (reply is null || action == ProxyAction.CutAfter)
                return;
            if (action == ProxyAction.AnswerOtherwise)
                reply = AnswerTo(request);
            await client.WriteAsync(reply, _closing.Token);

            // A streamed answer has more to come without being asked.
            while ((BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(HeaderSize)) & 2) != 0 && await ReadAsync(server) is { } next)
                await client.WriteAsync(reply = next, _closing.Token);
        }
    }

    // An OP_MSG with one document, in answer to the request's number.
    private byte[] AnswerTo(byte[] request)
    {
        var document = Answer.ToBson();
        var message = new byte[HeaderSize + 4 + 1 + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        request.AsSpan(4, 4).CopyTo(message.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), OpMsg);
        document.CopyTo(message, HeaderSize + 4 + 1);
        return message;
    }

    private async Task<byte[]?> ReadAsync(NetworkStream from)
    {
        var head = new byte[4];
        if (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, _closing.Token) < head.Length)
            return null;
        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        head.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(head.Length), _closing.Token);
        return message;
    }

    // The name of the first field of an OP_MSG's body.
    private static string? CommandOf(byte[] message)
    {
        const int FirstName = HeaderSize + 4 + 1 + 4 + 1;
        if (BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(12)) != OpMsg || message[HeaderSize + 4] != 0)
            return null;
        var rest = message.AsSpan(FirstName);
        var name = Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
        return name is "hello" or "isMaster" or "ismaster" ? null : name;
    }
}
