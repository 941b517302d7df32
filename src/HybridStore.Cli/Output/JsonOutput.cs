using System.Text.Encodings.Web;
using System.Text.Json;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Output;

/// <summary>One JSON document, whole even when a failure comes in the middle of it.</summary>
internal sealed class JsonOutput(Stream stream) : OutputWriter
{
    private const int FlushAt = 32 * 1024;
    private const int InArray = 1;
    private const int InArrayOfObject = 2;

    private readonly Utf8JsonWriter _json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private bool IsEmpty => _json.BytesCommitted + _json.BytesPending == 0;

    public override void Report<T>(T report) => JsonSerializer.Serialize(_json, report, T.Json);

    public override async Task ListAsync<T>(IAsyncEnumerable<T> rows)
    {
        await using var enumerator = rows.GetAsyncEnumerator();

        // What fails before the first row is a failure, and not a list of one.
        var any = await enumerator.MoveNextAsync();
        _json.WriteStartArray();
        await WriteRowsAsync(enumerator, any);
        _json.WriteEndArray();
    }

    public override async Task ListAsync<T, TReport>(IAsyncEnumerable<T> rows, string name, Func<TReport> report)
    {
        await using var enumerator = rows.GetAsyncEnumerator();
        var any = await enumerator.MoveNextAsync();
        _json.WriteStartObject();
        _json.WriteStartArray(name);
        await WriteRowsAsync(enumerator, any);
        _json.WriteEndArray();
        foreach (var property in JsonSerializer.SerializeToElement(report(), TReport.Json).EnumerateObject())
            property.WriteTo(_json);
        _json.WriteEndObject();
    }

    public override void Error(ErrorReport error)
    {
        var document = JsonSerializer.SerializeToElement(new ErrorDocument(error), CliJson.Default.ErrorDocument);
        if (IsEmpty)
        {
            document.WriteTo(_json);
        }
        else if (_json.CurrentDepth == InArray)
        {
            document.WriteTo(_json);
            _json.WriteEndArray();
        }
        else if (_json.CurrentDepth == InArrayOfObject)
        {
            _json.WriteEndArray();
            document.EnumerateObject().First().WriteTo(_json);
            _json.WriteEndObject();
        }

        // Else the document is complete, and says what was found.
    }

    public override void Dispose()
    {
        if (!IsEmpty)
        {
            _json.Flush();
            stream.Write("\n"u8);
        }

        _json.Dispose();
        stream.Flush();
    }

    private async Task WriteRowsAsync<T>(IAsyncEnumerator<T> rows, bool any)
        where T : IRow<T>
    {
        for (; any; any = await rows.MoveNextAsync())
        {
            JsonSerializer.Serialize(_json, rows.Current, T.Json);
            if (_json.BytesPending > FlushAt)
                await _json.FlushAsync();
        }
    }
}
