using System.Net;
using System.Net.Sockets;

namespace HybridStore.LoadTest.Tests;

/// <summary>Passes on what comes and counts it.</summary>
internal sealed class CountingWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly Task _accepting;
    private long _sent;
    private long _received;

    public CountingWire(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _server);
            await Task.WhenAny(
                PumpAsync(client, server, n => Interlocked.Add(ref _sent, n)),
                PumpAsync(server, client, n => Interlocked.Add(ref _received, n)));
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Action<int> count)
    {
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer) is > 0 and var read)
        {
            count(read);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
