using System.Text.Json;

namespace HybridStore.Baileys.Tests;

public class BaileysTenantExporterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExportAsync_SessionThatCanBeNoFolder_IsLeftOutByNameAndTheOthersAreThere()
    {
        await using var test = TestStore.Create();
        using var temp = new TempFolder();
        await test.Store.CommitAsync(new AuthSessionId("t", "bad"), new AuthPatch().Set("session", "a", new byte[] { 0xFF }), Ct);
        await test.Store.CommitAsync(new AuthSessionId("t", "good"), new AuthPatch().Set("session", "a", BufferJson.Encode([1])), Ct);

        var export = await BaileysTenantExporter.ExportAsync(test.Store, "t", temp["out"], cancellationToken: Ct);

        Assert.Equal(["bad", "good"], export.Sessions.Select(s => s.Session.Session));
        Assert.NotNull(export.Sessions[0].Error);
        Assert.Equal(1, export.Sessions[1].Result!.Records);
        Assert.Equal([temp["out/good"]], Directory.GetDirectories(temp["out"]));
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(temp["out/sessions.json"], Ct));
        Assert.Equal([true, false], manifest.RootElement.GetProperty("sessions").EnumerateArray().Select(s => s.TryGetProperty("error", out _)));
    }

    [Fact]
    public async Task ExportAsync_Cancelled_LeavesNothing()
    {
        await using var test = TestStore.Create();
        using var temp = new TempFolder();
        await test.Store.CommitAsync(new AuthSessionId("t", "a"), new AuthPatch().Set("session", "a", BufferJson.Encode([1])), Ct);
        using var cancel = new CancellationTokenSource();
        var options = new BaileysExportOptions { Progress = new Reporter(_ => cancel.Cancel()) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BaileysTenantExporter.ExportAsync(test.Store, "t", temp["out"], options, cancel.Token));

        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void FolderOf_NamesThatDifferInNoMoreThanCaseOrLength_AreDifferent()
    {
        string[] names = ["a", "A", ".", "..", "a.", "a/b", "a%2fb", new('é', 100), new string('é', 100) + "x", "con"];

        var folders = names.Select(n => BaileysTenantExporter.FolderOf(new AuthSessionId("t", n))).ToList();

        Assert.Equal(names.Length, folders.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(folders, f => Assert.InRange(f.Length, 1, 200));
    }
}
