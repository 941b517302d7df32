using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>Stands between a tier and a server, and decides for each command what becomes of it.</summary>
internal sealed class MongoProxy : IAsyncDisposable
{
    private const int HeaderSize = 16;
    private const int OpReply = 1;
    private const int OpQuery = 2004;
    private const int OpMsg = 2013;

    // Where the document is: after the flags and the section's kind, and after what an answer of the old kind has in front of its documents.
    private const int MessageBody = HeaderSize + 4 + 1;
    private const int ReplyBody = HeaderSize + 20;
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

    /// <summary>Asked of each command first: what is answered in the server's place; null: it is decided on as usual.</summary>
    public Func<BsonDocument, BsonDocument?> Stand { get; set; } = static _ => null;

    /// <summary>Changes what the server says of itself, when it is asked by the driver's own watching and otherwise.</summary>
    public Func<BsonDocument, BsonDocument>? Hello { get; set; }

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
            var command = CommandOf(request);
            if (command is not null && Stand(command) is { } answer)
            {
                await client.WriteAsync(AnswerTo(request, answer), _closing.Token);
                continue;
            }

            var action = command is not null ? Decide(command.GetElement(0).Name) : ProxyAction.Pass;
            if (action == ProxyAction.CutBefore)
                return;
            if (action == ProxyAction.Refuse)
            {
                await client.WriteAsync(AnswerTo(request, Answer), _closing.Token);
                continue;
            }

            await server.WriteAsync(request, _closing.Token);
            if (action == ProxyAction.Hang)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _closing.Token);
            var reply = await ReadAsync(server);
            if (reply is null || action == ProxyAction.CutAfter)
                return;
            if (action == ProxyAction.AnswerOtherwise)
                reply = AnswerTo(request, Answer);
            else if (command is null && Hello is not null)
                reply = Changed(reply, Hello);
            await client.WriteAsync(reply, _closing.Token);

            // A streamed answer has more to come without being asked.
            while ((BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(HeaderSize)) & 2) != 0 && await ReadAsync(server) is { } next)
                await client.WriteAsync(reply = next, _closing.Token);
        }
    }

    // A message with one document, in answer to the request's number, of the kind that the request is.
    private static byte[] AnswerTo(byte[] request, BsonDocument answer)
    {
        bool isOld = KindOf(request) == OpQuery;
        int body = isOld ? ReplyBody : MessageBody;
        byte[] message = [.. new byte[body], .. answer.ToBson()];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        request.AsSpan(4, 4).CopyTo(message.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), isOld ? OpReply : OpMsg);
        if (isOld)
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(ReplyBody - 4), 1);
        return message;
    }

    private static byte[] Changed(byte[] reply, Func<BsonDocument, BsonDocument> change)
    {
        int body = KindOf(reply) == OpReply ? ReplyBody : MessageBody;
        byte[] message = [.. reply.AsSpan(0, body), .. change(DocumentAt(reply, body)).ToBson()];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        return message;
    }

    private static BsonDocument DocumentAt(byte[] message, int start) =>
        BsonSerializer.Deserialize<BsonDocument>(message.AsSpan(start, BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(start))).ToArray());

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

    // Until a connection is ready, the driver speaks the old kind: for its first hello, and while the user is checked.
    private static BsonDocument? CommandOf(byte[] message)
    {
        int body = KindOf(message) switch
        {
            OpMsg when message[MessageBody - 1] == 0 => MessageBody,
            OpQuery => HeaderSize + 4 + message.AsSpan(HeaderSize + 4).IndexOf((byte)0) + 1 + 8,
            _ => 0,
        };
        if (body == 0)
            return null;
        var command = DocumentAt(message, body);
        return command.GetElement(0).Name is "hello" or "isMaster" or "ismaster" ? null : command;
    }

    private static int KindOf(byte[] message) => BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(12));
}
