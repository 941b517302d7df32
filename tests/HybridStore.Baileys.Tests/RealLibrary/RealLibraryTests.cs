using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridStore.Baileys.Tests;

/// <summary>What went through a store must load in Baileys as what Baileys wrote.</summary>
public partial class RealLibraryTests(RealLibrary library) : IClassFixture<RealLibrary>
{
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImportThenExport_SampleState_LoadsEqual()
    {
        using var temp = new TempFolder();
        await RoundTripAsync(SampleState.Folder, temp["out"]);
        await AssertLoadsEqualAsync(SampleState.Folder, temp["out"], SampleState.Records - 1);
    }

    [Fact]
    public async Task ImportThenExport_StateTheLibraryMakes_HasItsIdsAndLoadsEqual()
    {
        using var temp = new TempFolder();
        await GenerateAsync(temp);

        var (result, keys) = await RoundTripAsync(temp["state"], temp["out"]);

        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(temp["manifest"], Ct));
        var expected = manifest.RootElement.EnumerateArray().Select(r => new AuthKey(r.GetProperty("type").GetString()!, r.GetProperty("id").GetString()!));
        Assert.Equal(expected.Select(k => k.ToString()).Order(StringComparer.Ordinal), keys.Select(k => k.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(0, result.RewrittenRecords);
        Assert.InRange(keys.Count, 130, 1000);
        await AssertLoadsEqualAsync(temp["state"], temp["out"], keys.Count - 1);
    }

    [Fact]
    public async Task ImportThenExport_SameStateInOlderForms_LoadsEqualToTodays()
    {
        using var temp = new TempFolder();
        await GenerateAsync(temp);
        Directory.CreateDirectory(temp["older"]);
        var forms = 0;
        foreach (var file in Directory.EnumerateFiles(temp["state"]))
        {
            var text = Buffer().Replace(await File.ReadAllTextAsync(file, Ct), m =>
            {
                var bytes = Convert.FromBase64String(m.Groups[1].Value);
                return (bytes.Length == 0 ? 1 : forms++ % 5) switch
                {
                    0 => $"{{\"type\":\"Buffer\",\"data\":[{string.Join(',', bytes)}]}}",
                    1 => $"{{\"buffer\":true,\"value\":\"{m.Groups[1].Value}\"}}",
                    2 => $"{{\"buffer\":true,\"data\":[{string.Join(',', bytes)}]}}",
                    3 => $"{{\"type\":\"Buffer\",\"value\":\"{m.Groups[1].Value}\"}}",
                    _ => $"{{{string.Join(',', bytes.Select((b, i) => $"\"{i}\":{b}"))}}}",
                };
            });
            await File.WriteAllTextAsync(Path.Join(temp["older"], Path.GetFileName(file)), text, Ct);
        }

        var (exitCode, output) = await library.RunAsync("compare.mjs", temp["state"], temp["older"]);
        Assert.True(exitCode == 1, "The library reads older forms by itself: " + output);

        var (result, _) = await RoundTripAsync(temp["older"], temp["out"]);

        Assert.InRange(result.RewrittenRecords, 80, result.Records);
        await AssertLoadsEqualAsync(temp["state"], temp["out"], (int)result.Records - 1);
    }

    // The comparison itself: what it can't see, the tests above don't prove.
    [Theory]
    [InlineData("creds.json", "\"registrationId\":", "\"registrationId\":1", "creds.registrationId")]
    [InlineData("pre-key-1.json", "\"data\":\"", "\"data\":\"AAAA", "pre-key-1.json")]
    [InlineData("device-list-5511910000000.json", "[", "[[", "device-list-5511910000000.json does not load in B")]
    public async Task Compare_StateWithOneChange_NamesIt(string file, string what, string with, string expected)
    {
        using var temp = new TempFolder();
        foreach (var source in Directory.EnumerateFiles(SampleState.Folder))
            File.Copy(source, temp[Path.GetFileName(source)]);
        var text = await File.ReadAllTextAsync(temp[file], Ct);
        Assert.Contains(what, text, StringComparison.Ordinal);
        temp.Write(file, text.Replace(what, with, StringComparison.Ordinal));

        var (exitCode, output) = await library.RunAsync("compare.mjs", SampleState.Folder, temp.Path);

        Assert.Equal(1, exitCode);
        Assert.Contains($"differs: {expected}", output, StringComparison.Ordinal);
        Assert.Contains(", 1 differences", output, StringComparison.Ordinal);
    }

    private static async Task<(BaileysImportResult Result, List<AuthKey> Keys)> RoundTripAsync(string from, string to)
    {
        await using var test = TestStore.Create();
        var result = await BaileysImporter.ImportAsync(test.Store, Session, from, cancellationToken: Ct);
        var keys = await test.Store.EnumerateAsync(Session, null, Ct).Select(r => r.Key).ToListAsync(Ct);
        await BaileysExporter.ExportAsync(test.Store, Session, to, cancellationToken: Ct);
        return (result, keys);
    }

    private async Task GenerateAsync(TempFolder temp)
    {
        var (exitCode, output) = await library.RunAsync("generate.mjs", temp["state"], temp["manifest"]);
        Assert.True(exitCode == 0, output);
    }

    private async Task AssertLoadsEqualAsync(string a, string b, int records)
    {
        var (exitCode, output) = await library.RunAsync("compare.mjs", a, b);
        Assert.True(exitCode == 0, output);
        Assert.Contains($"{records} records, 0 differences", output, StringComparison.Ordinal);
    }

    [GeneratedRegex("""\{"type":"Buffer","data":"([A-Za-z0-9+/=]*)"\}""")]
    private static partial Regex Buffer();
}
