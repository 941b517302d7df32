using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HybridStore.Redis.Tests.Support;

/// <summary>Stands between a tier and a server, and loses replies when told to.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, Link> _clients = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly int _upstream;
    private readonly Task _accepting;

    public CuttingProxy(int upstream)
    {
        _upstream = upstream;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>From now on no reply comes through, on connections that are open: what is sent is carried out.</summary>
    public void LoseReplies()
    {
        foreach (var link in _clients.Values)
            link.LosesReplies = true;
    }

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
        using var server = new TcpClient();
        var link = new Link();
        try
        {
            _clients[client] = link;
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _closing.Token);
            await Task.WhenAny(PumpAsync(client, server, replyOf: null), PumpAsync(server, client, link));
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

    private async Task PumpAsync(TcpClient from, TcpClient to, Link? replyOf)
    {
        var buffer = new byte[64 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        while (await source.ReadAsync(buffer, _closing.Token) is > 0 and var count)
        {
            if (replyOf is not { LosesReplies: true })
                await target.WriteAsync(buffer.AsMemory(0, count), _closing.Token);
        }
    }

    private sealed class Link
    {
        private volatile bool _losesReplies;

        public bool LosesReplies
        {
            get => _losesReplies;
            set => _losesReplies = value;
        }
    }
}
