using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HybridStore.Redis.Tests.Support;

/// <summary>Talks to a server past the library, as an operator would. Blocking; for short exchanges.</summary>
internal sealed class RespClient : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;

    public RespClient(int port)
    {
        _client.Connect(IPAddress.Loopback, port);
        _client.ReceiveTimeout = 30_000;
        _stream = _client.GetStream();
    }

    /// <summary>Sends a command and returns its reply as text; several values are joined by line breaks. An error is thrown.</summary>
    public string Send(params string[] command)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var part in command)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        _stream.Write(Encoding.UTF8.GetBytes(request.ToString()));
        return Reply();
    }

    public long Calls(string command)
    {
        var line = Send("INFO", "commandstats").Split('\n').FirstOrDefault(l => l.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture);
    }

    public void Dispose() => _client.Dispose();

    private string Reply()
    {
        var line = Line();
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException(line[1..]);
            case '$':
                var length = int.Parse(line[1..], CultureInfo.InvariantCulture);
                if (length < 0)
                    return "";
                var bytes = new byte[length + 2];
                _stream.ReadExactly(bytes);
                return Encoding.UTF8.GetString(bytes, 0, length);
            case '*':
                var count = int.Parse(line[1..], CultureInfo.InvariantCulture);
                return string.Join('\n', Enumerable.Range(0, Math.Max(0, count)).Select(_ => Reply()));
            default:
                return line[1..];
        }
    }

    private string Line()
    {
        var line = new StringBuilder();
        while (true)
        {
            var b = _stream.ReadByte();
            if (b < 0)
                throw new IOException("The server closed the connection.");
            if (b == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)b);
        }
    }
}
