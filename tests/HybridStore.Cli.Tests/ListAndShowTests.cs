namespace HybridStore.Cli.Tests;

public sealed class ListAndShowTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task List_Sessions_OneLineEachInOrder()
    {
        await _bench.ImportAsync("clinic-7/reception");
        await _bench.ImportAsync("clinic-7/nurse");
        await _bench.ImportAsync("clinic-10/reception");

        var lines = (await _bench.RunAsync("list")).Succeeded().Lines;

        Assert.Equal(["clinic-10/reception", "clinic-7/nurse", "clinic-7/reception"], lines.Select(l => string.Join('/', l.Split('\t')[..2])));
        Assert.Matches("^clinic-10\treception\t1\t1\t[0-9-]{10}T[0-9:]{8}Z\tno$", lines[0]);
    }

    [Fact]
    public async Task List_Tenant_OnlyItsSessions()
    {
        await _bench.ImportAsync("clinic-7/reception");
        await _bench.ImportAsync("clinic-70/reception");

        var line = Assert.Single((await _bench.RunAsync("list", "--tenant", "clinic-7")).Succeeded().Lines);

        Assert.StartsWith("clinic-7\treception\t", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_IsAnArray()
    {
        await _bench.ImportAsync("clinic-7/reception");
        await _bench.ImportAsync("clinic-7/nurse");

        var json = (await _bench.RunAsync("list", "--json")).Succeeded().Json;

        Assert.Equal(["nurse", "reception"], json.EnumerateArray().Select(s => s.GetProperty("session").GetString()));
        Assert.Equal(
            ["tenant", "session", "incarnation", "version", "createdAt", "updatedAt", "mayBeAhead"],
            json[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(TimeSpan.Zero, json[0].GetProperty("createdAt").GetDateTimeOffset().Offset);
    }

    [Fact]
    public async Task List_NoSessions_IsNothingAndAnEmptyArray()
    {
        await _bench.ImportAsync();
        (await _bench.RunAsync("delete", "--session", Bench.Session, "--yes")).Succeeded();

        Assert.Empty((await _bench.RunAsync("list")).Succeeded().Out);
        Assert.Equal("[]\n", (await _bench.RunAsync("list", "--json")).Succeeded().Out);
    }

    [Fact]
    public async Task List_NamesWithControlCharacters_StayOnOneLineAndExactInJson()
    {
        const string tenant = "a\tb\n\e[31m/c";
        (await _bench.RunAsync("import", Bench.AuthInfo, "--tenant", tenant, "--session", "x/y")).Succeeded();

        var line = Assert.Single((await _bench.RunAsync("list")).Succeeded().Lines);
        var json = (await _bench.RunAsync("list", "--json")).Succeeded().Json;

        Assert.StartsWith("a\\u0009b\\u000A\\u001B[31m/c\tx/y\t1\t", line, StringComparison.Ordinal);
        Assert.Equal((tenant, "x/y"), (json[0].GetProperty("tenant").GetString(), json[0].GetProperty("session").GetString()));
    }

    [Fact]
    public async Task Show_Session_CountsByType()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("show", "--session", Bench.Session)).Succeeded();

        Assert.Contains("tenant        clinic-7\nsession       reception\nincarnation   1\nversion       1\ncreated       ", run.Out, StringComparison.Ordinal);
        Assert.Contains("\nqueued        no\nrecords       175\n", run.Out, StringComparison.Ordinal);
        Assert.Matches("\n\ntype +records +stored bytes\n", run.Out);
        Assert.Matches("\ncreds +1 +[0-9]+\n", run.Out);
    }

    [Fact]
    public async Task Show_Json_SumsUp()
    {
        await _bench.ImportAsync();

        var json = (await _bench.RunAsync("show", "--session", Bench.Session, "--json")).Succeeded().Json;

        Assert.Equal(
            ["tenant", "session", "incarnation", "version", "createdAt", "updatedAt", "mayBeAhead", "records", "storedBytes", "types"],
            json.EnumerateObject().Select(p => p.Name));
        var types = json.GetProperty("types").EnumerateArray().ToList();
        Assert.Equal(json.GetProperty("records").GetInt64(), types.Sum(t => t.GetProperty("records").GetInt64()));
        Assert.Equal(json.GetProperty("storedBytes").GetInt64(), types.Sum(t => t.GetProperty("storedBytes").GetInt64()));
        Assert.Equal(175, json.GetProperty("records").GetInt64());
    }

    [Fact]
    public async Task Show_UnknownSession_Fails()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("show", "--session", "clinic-7/nobody")).Failed(1, "clinic-7/nobody does not exist");
    }
}
