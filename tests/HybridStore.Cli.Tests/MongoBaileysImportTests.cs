using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridStore.Baileys;

namespace HybridStore.Cli.Tests;

/// <summary>Collections of mongo-baileys, as mongoexport writes them, with what that package loses.</summary>
public sealed class MongoBaileysImportTests : IDisposable
{
    // What the package can't write, or what is left out because of it.
    private static readonly string[] Lost = ["session", "sender-key", "sender-key-memory", "device-list", "lid-mapping", "identity-key"];

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string> Forms => ["relaxed", "canonical", "old", "array"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Import_CollectionOfTheRealPackage_IsWhatAFolderOfTheSameGives(string form)
    {
        var (file, folder) = Fill(form);

        var dry = (await _bench.RunAsync("import", file, "--format", "mongo-baileys", "--session", Bench.Session, "--dry-run")).Succeeded();
        var run = (await _bench.RunAsync("import", file, "--format", "mongo-baileys", "--session", Bench.Session, "--json")).Succeeded();
        (await _bench.RunAsync("import", folder, "--session", "clinic-7/folder")).Succeeded();

        var records = Directory.EnumerateFiles(folder).Count();
        Assert.InRange(records, 50, 100);
        Assert.Equal(records, run.Json.GetProperty("records").GetInt32());
        Assert.Equal(["sender-key-memory-120363041234567890@g.us", "session-5511900000099.0"], run.Json.GetProperty("leftOut").EnumerateArray().Select(n => n.GetString()));
        Assert.Contains("left out, for they are not whole there: sender-key-memory-", dry.Out, StringComparison.Ordinal);
        foreach (var session in (string[])["reception", "folder"])
            (await _bench.RunAsync("export", _bench.PathOf(session), "--session", $"clinic-7/{session}")).Succeeded();
        Assert.Equal(Files(_bench.PathOf("folder")), Files(_bench.PathOf("reception")));
    }

    [Theory]
    [InlineData("{\"_id\":\"pre-key-1\",\"secret\":hunter2", "invalidJson")]
    [InlineData("{\"_id\":{\"$oid\":\"65f0c0ffee0123456789abcd\"},\"secret\":\"hunter2\"}", "notARecordName")]
    [InlineData("{\"_id\":\"auth_creds\",\"secret\":\"hunter2\"}", "credsForeign")]
    [InlineData("{\"_id\":\"pre-key-1\",\"public\":{\"$date\":\"hunter2\"}}", "invalidJson")]
    [InlineData("{\"_id\":\"pre-key-1\",\"public\":{\"$binary\":{\"base64\":\"hunter2!\",\"subType\":\"00\"}}}", "invalidJson")]
    [InlineData("{\"_id\":\"pre-key-1\",\"secret\":\"hunter2\"}", "credsMissing")]
    [InlineData("", "credsMissing")]
    public async Task Import_FileThatIsNoneOrNotWhole_IsRefusedAndNothingOfItShown(string content, string fault)
    {
        var file = _bench.PathOf("state.json");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);

        var run = (await _bench.RunAsync("import", file, "--format", "mongo-baileys", "--session", Bench.Session, "--json")).Failed(1);

        Assert.Equal(fault, run.JsonError.GetProperty("fault").GetString());
        Assert.DoesNotContain("hunter2", run.Out + run.Error, StringComparison.Ordinal);
        Assert.Empty((await _bench.RunAsync("list")).Lines);
    }

    [Fact]
    public async Task Import_NoSuchFileOrAKey_IsNamed()
    {
        (await _bench.RunAsync("import", _bench.PathOf("nowhere"), "--format", "mongo-baileys", "--session", Bench.Session)).Failed(1, "mongoexport");
        (await _bench.RunAsync("import", _bench.PathOf("nowhere"), "--format", "mongo-baileys", "--key", "authState", "--session", Bench.Session)).Failed(2, "--key");
    }

    /// <summary>Writes the sample's records as the package would have left them, and the same records as a folder.</summary>
    private (string File, string Folder) Fill(string form)
    {
        var folder = Directory.CreateDirectory(_bench.PathOf("whole")).FullName;
        var documents = new List<JsonObject>
        {
            // It splits names at their dots, and what an older driver made of bytes is not whole.
            JsonNode.Parse("""{"_id":"sender-key-memory-120363041234567890@g.us","5511900000001@s":{"whatsapp":{"net":true}}}""")!.AsObject(),
            JsonNode.Parse("""{"_id":"session-5511900000099.0","0":123,"1":34}""")!.AsObject(),
        };
        foreach (var path in Directory.EnumerateFiles(Bench.AuthInfo))
        {
            Assert.True(BaileysFileName.TryToKey(Path.GetFileName(path), out var key));
            if (Lost.Contains(key.Type))
                continue;
            File.Copy(path, Path.Join(folder, Path.GetFileName(path)));
            var value = Stored(JsonNode.Parse(File.ReadAllText(path))!.AsObject(), form).AsObject();
            var document = new JsonObject { ["_id"] = key == AuthKey.Creds ? "auth_creds" : $"{key.Type}-{key.Id}" };
            if (key == AuthKey.Creds)
            {
                // What was undefined.
                value["pairingCode"] = null;
                document["creds"] = value;
            }

            foreach (var (name, field) in key == AuthKey.Creds ? [] : value.ToList())
            {
                value.Remove(name);
                document[name] = field;
            }

            documents.Add(document);
        }

        var file = _bench.PathOf("state.json");
        File.WriteAllText(file, form == "array" ? $"[{string.Join(",\n", documents.Select(d => d.ToJsonString()))}]\n" : string.Concat(documents.Select(d => d.ToJsonString() + "\n")));
        return (file, folder);
    }

    /// <summary>A value as Extended JSON tells of it.</summary>
    private static JsonNode Stored(JsonNode value, string form) => value switch
    {
        JsonObject { Count: 2 } bytes when bytes["type"]?.ToString() == "Buffer" => form == "old"
            ? new JsonObject { ["$binary"] = bytes["data"]!.ToString(), ["$type"] = "00" }
            : new JsonObject { ["$binary"] = new JsonObject { ["base64"] = bytes["data"]!.ToString(), ["subType"] = "00" } },
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Stored(field.Value!, form)))),
        JsonArray items => new JsonArray([.. items.Select(item => Stored(item!, form))]),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number && form != "relaxed" => Number(number.GetValue<long>(), form),
        _ => value.DeepClone(),
    };

    private static JsonNode Number(long number, string form) => form switch
    {
        "old" when number > int.MaxValue => new JsonObject { ["$numberLong"] = number.ToString(CultureInfo.InvariantCulture) },
        "old" => JsonValue.Create(number),
        "canonical" when number > int.MaxValue => new JsonObject { ["$numberDouble"] = ((double)number).ToString("E16", CultureInfo.InvariantCulture) },
        "canonical" => new JsonObject { ["$numberInt"] = number.ToString(CultureInfo.InvariantCulture) },
        _ => JsonNode.Parse(string.Create(CultureInfo.InvariantCulture, $"{number}.0"))!,
    };

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}");
}
