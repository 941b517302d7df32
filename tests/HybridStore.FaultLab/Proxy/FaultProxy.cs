using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HybridStore.FaultLab.Proxy;

/// <summary>Stands between the bots of a setup and one of its servers, and fails as it is told.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, byte> _links = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;
    private volatile ProxyFault _fault;
    private volatile int _upstream;

    public FaultProxy(int upstream)
    {
        _upstream = upstream;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Begins a fault; <see cref="ProxyFault.None"/> ends it. Connections from which something was lost end with it.</summary>
    public void Set(ProxyFault fault)
    {
        _fault = fault;
        foreach (var link in _links.Keys)
        {
            if (fault == ProxyFault.Refuse || link.HasLost)
                link.Cut();
        }
    }

    /// <summary>Sends everybody to another server.</summary>
    public void MoveTo(int upstream)
    {
        _upstream = upstream;
        foreach (var link in _links.Keys)
            link.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        foreach (var link in _links.Keys)
            link.Cut();
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
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        var link = new Link(client, server);
        _links[link] = 0;
        try
        {
            if (_fault == ProxyFault.Refuse)
                return;
            await WhileHalfOpenAsync();
            await server.ConnectAsync(IPAddress.Loopback, _upstream, _closing.Token);
            await Task.WhenAny(PumpAsync(link, client, server, isRequest: true), PumpAsync(link, server, client, isRequest: false));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut off, or nobody there.
        }
        finally
        {
            _links.TryRemove(link, out _);
            link.Cut();
        }
    }

    private async Task PumpAsync(Link link, TcpClient from, TcpClient to, bool isRequest)
    {
        var buffer = new byte[32 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        try
        {
            while (await source.ReadAsync(buffer, _closing.Token) is > 0 and var count)
            {
                await WhileHalfOpenAsync();
                switch (_fault)
                {
                    case ProxyFault.Refuse:
                    case ProxyFault.CutBeforeRequest when isRequest:
                    case ProxyFault.CutBeforeReply when !isRequest:
                        return;
                    case ProxyFault.DropRequests when isRequest:
                    case ProxyFault.DropReplies when !isRequest:
                        link.HasLost = true;
                        continue;
                    case ProxyFault.Delay:
                        await Task.Delay(TimeSpan.FromMilliseconds(80), TimeProvider.System, _closing.Token);
                        break;
                }

                // After something was lost the rest makes no sense any more.
                if (link.HasLost)
                    return;
                await target.WriteAsync(buffer.AsMemory(0, count), _closing.Token);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut off: the other direction ends too.
        }
    }

    private async Task WhileHalfOpenAsync()
    {
        while (_fault == ProxyFault.HalfOpen)
            await Task.Delay(Moment, TimeProvider.System, _closing.Token);
    }

    private sealed class Link(TcpClient client, TcpClient server)
    {
        private volatile bool _hasLost;

        public bool HasLost
        {
            get => _hasLost;
            set => _hasLost = value;
        }

        public void Cut()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
