using System.Text.Json;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

public class SessionBlobTests
{
    [Fact]
    public void A_whole_session_survives_being_written_and_read()
    {
        var model = new SessionModel(Profile.Small, new Random(2));
        var blob = SessionBlob.Empty;
        blob.Apply(model.Records.Select(static r => new RecordWrite(r.Key, RecordContent.Make(r))));

        var json = blob.ToJson();
        using var document = JsonDocument.Parse(json);
        var read = SessionBlob.Parse(json);

        foreach (var record in model.Records)
            Assert.Equal(RecordContent.Make(record), read.Find(record.Key)!.Value.ToArray());
        Assert.Null(read.Find(new AuthKey("session", "nobody")));
        Assert.Null(read.Find(new AuthKey("nothing", "nobody")));
    }

    [Fact]
    public void A_commit_changes_what_it_names_and_nothing_else()
    {
        var blob = SessionBlob.Parse("""{"session":{"a":"1","b":[2]},"creds":{"creds":{}}}"""u8.ToArray());

        blob.Apply([new RecordWrite(new AuthKey("session", "a"), null), new RecordWrite(new AuthKey("session", "c"), "3"u8.ToArray())]);

        var read = SessionBlob.Parse(blob.ToJson());
        Assert.Null(read.Find(new AuthKey("session", "a")));
        Assert.Equal("[2]"u8.ToArray(), read.Find(new AuthKey("session", "b"))!.Value.ToArray());
        Assert.Equal("3"u8.ToArray(), read.Find(new AuthKey("session", "c"))!.Value.ToArray());
        Assert.Equal("{}"u8.ToArray(), read.Find(AuthKey.Creds)!.Value.ToArray());
    }
}
