namespace HybridStore.Cli.Tests;

public sealed class DeleteTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Delete_WithoutYes_RefusesAndDeletesNothing()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("delete", "--session", Bench.Session)).Failed(2, "--yes", "Nothing was deleted");

        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    [Fact]
    public async Task Delete_WithYes_DeletesAndTheNextImportIsAnotherLife()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Succeeded();

        Assert.Equal("deleted clinic-7/reception\n", run.Out);
        (await _bench.RunAsync("show", "--session", Bench.Session)).Failed(1);
        await _bench.ImportAsync();
        Assert.Equal(2, (await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Json.GetProperty("incarnation").GetInt64());
    }

    [Fact]
    public async Task Delete_Json_SaysWhat()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes", "--json")).Succeeded();

        Assert.Equal("""{"tenant":"clinic-7","session":"reception","deleted":true}""" + "\n", run.Out);
    }

    [Fact]
    public async Task Delete_UnknownSession_Fails()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("delete", "--session", "clinic-7/nobody", "--yes")).Failed(1, "clinic-7/nobody does not exist");
    }
}
