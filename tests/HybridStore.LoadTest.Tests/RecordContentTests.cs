using System.Text.Json;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

public class RecordContentTests
{
    private static readonly AuthKey Key = new("session", "5511.0");

    [Fact]
    public void A_value_is_JSON_of_exactly_the_size()
    {
        for (var size = 1; size < 2000; size++)
        {
            var value = RecordContent.Make(Key, size, edition: 3);
            Assert.Equal(size, value.Length);
            using var json = JsonDocument.Parse(value);
        }

        using var large = JsonDocument.Parse(RecordContent.Make(Key, 1_320_239, edition: 1));
        Assert.Equal(JsonValueKind.Array, large.RootElement.ValueKind);
    }

    [Fact]
    public void The_same_record_has_the_same_content_and_another_edition_another()
    {
        Assert.Equal(RecordContent.Make(Key, 890, 1), RecordContent.Make(Key, 890, 1));
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(static e => Convert.ToHexString(RecordContent.Make(Key, 890, e))).Distinct().Count());
        Assert.NotEqual(RecordContent.Make(Key, 15, 1), RecordContent.Make(Key, 15, 2));
        Assert.NotEqual(RecordContent.Make(Key, 164, 1), RecordContent.Make(new AuthKey("session", "5511.1"), 164, 1));
    }

    [Fact]
    public void It_does_not_shrink_by_more_than_real_values_do()
    {
        var value = RecordContent.Make(Key, 20_000, 1);
        using var small = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(small, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(value);

        Assert.InRange((double)value.Length / small.Length, 1.3, 3.0);
    }
}
