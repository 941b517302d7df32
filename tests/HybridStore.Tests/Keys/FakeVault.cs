using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace HybridStore.Tests.Keys;

/// <summary>The transit engine of a Vault server, as far as the example needs it, on a port of this machine.</summary>
internal sealed class FakeVault : IDisposable
{
    public const string Token = "hvs.a-token-of-the-test";

    private readonly HttpListener _listener = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Task _serving;
    private int _requests;

    public FakeVault()
    {
        // Free a moment ago; where somebody was faster, another one.
        for (var attempt = 1; ; attempt++)
        {
            Address = new Uri($"http://127.0.0.1:{FreePort()}/");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Address.AbsoluteUri);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
            }
        }

        _serving = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public int Requests => Volatile.Read(ref _requests);

    public bool IsSealed { get; set; }

    public void Dispose()
    {
        _listener.Close();
        _ = _serving;
        ((IDisposable)_listener).Dispose();
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Interlocked.Increment(ref _requests);
        using var response = context.Response;
        using var json = new Utf8JsonWriter(response.OutputStream);
        var path = context.Request.Url!.AbsolutePath;
        json.WriteStartObject();
        if (IsSealed || context.Request.Headers["X-Vault-Token"] != Token || path is not ("/v1/transit/encrypt/bots" or "/v1/transit/decrypt/bots"))
        {
            response.StatusCode = IsSealed ? 503 : 403;
            json.WriteStartArray("errors");
            json.WriteStringValue(IsSealed ? "Vault is sealed" : "permission denied");
            json.WriteEndArray();
        }
        else
        {
            using var request = await JsonDocument.ParseAsync(context.Request.InputStream);
            json.WriteStartObject("data");
            json.WriteStartArray("batch_results");
            foreach (var item in request.RootElement.GetProperty("batch_input").EnumerateArray())
            {
                json.WriteStartObject();
                if (path.Contains("encrypt", StringComparison.Ordinal))
                    json.WriteString("ciphertext", "vault:v1:" + Convert.ToBase64String(Seal(item.GetProperty("plaintext").GetBytesFromBase64())));
                else if (Open(item.GetProperty("ciphertext").GetString()!) is { } plaintext)
                    json.WriteString("plaintext", Convert.ToBase64String(plaintext));
                else
                    json.WriteString("error", "cipher: message authentication failed");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private byte[] Seal(byte[] plaintext)
    {
        using var aes = new AesGcm(_key, 16);
        var box = new byte[12 + plaintext.Length + 16];
        RandomNumberGenerator.Fill(box.AsSpan(0, 12));
        aes.Encrypt(box.AsSpan(0, 12), plaintext, box.AsSpan(12, plaintext.Length), box.AsSpan(12 + plaintext.Length));
        return box;
    }

    private byte[]? Open(string text)
    {
        try
        {
            var box = Convert.FromBase64String(text["vault:v1:".Length..]);
            using var aes = new AesGcm(_key, 16);
            var plaintext = new byte[box.Length - 28];
            aes.Decrypt(box.AsSpan(0, 12), box.AsSpan(12, plaintext.Length), box.AsSpan(12 + plaintext.Length), plaintext);
            return plaintext;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }
}
