using System.Net.Http.Headers;
using System.Text.Json;

namespace HybridStore.Tests.Keys;

/// <summary>The example of docs/keys.md: the transit engine of HashiCorp Vault (and OpenBao), by its HTTP API. One request for any number of keys.</summary>
/// <param name="http">With the server's address, a time-out and the header <c>X-Vault-Token</c>.</param>
/// <param name="key">The name of the transit key, which never leaves the server.</param>
internal sealed class VaultTransitProvider(HttpClient http, string key) : IMasterKeyProvider
{
    public string Name => "vault";

    public async ValueTask<IReadOnlyList<byte[]>> WrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        var answer = await SendAsync("encrypt", "plaintext", keys.Select(static k => Convert.ToBase64String(k.Span)), "ciphertext", cancellationToken);
        return [.. answer.Select(static text => System.Text.Encoding.ASCII.GetBytes(text!))];
    }

    public async ValueTask<IReadOnlyList<byte[]?>> UnwrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> wrapped, CancellationToken cancellationToken)
    {
        var answer = await SendAsync("decrypt", "ciphertext", wrapped.Select(static w => System.Text.Encoding.ASCII.GetString(w.Span)), "plaintext", cancellationToken);
        return [.. answer.Select(static text => text is null ? null : Convert.FromBase64String(text))];
    }

    // What the server can't open by itself has "error" in place of the result, and the request then the status 400.
    private async Task<List<string?>> SendAsync(string operation, string from, IEnumerable<string> items, string to, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("batch_input");
            foreach (var item in items)
            {
                json.WriteStartObject();
                json.WriteString(from, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(new Uri($"v1/transit/{operation}/{key}", UriKind.Relative), content, cancellationToken);
        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        if (!answer.RootElement.TryGetProperty("data", out var data))
            throw new HttpRequestException($"Vault answered {(int)response.StatusCode}.");
        return [.. data.GetProperty("batch_results").EnumerateArray().Select(r => r.TryGetProperty(to, out var result) ? result.GetString() : null)];
    }
}
