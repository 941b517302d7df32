using System.Text;
using System.Text.Json;
using HybridStore.Baileys;
using HybridStore.Cli.Output;
using HybridStore.Cli.Reports;
using Spectre.Console;

namespace HybridStore.Cli.Tests;

public sealed class OutputTests
{
    [Theory]
    [InlineData("clínica 7 / 📱", "clínica 7 / 📱")]
    [InlineData("a\nb\tc\0", "a\\u000Ab\\u0009c\\u0000")]
    [InlineData("\e]0;title\a", "\\u001B]0;title\\u0007")]
    [InlineData("\u202Eevil", "\\u202Eevil")]
    public void Printable_AnyText_IsOneHarmlessLine(string text, string expected) => Assert.Equal(expected, Printable.Line(text));

    [Fact]
    public void Printable_HalvesOfPairs_AreWrittenOut() => Assert.Equal("x\\uDCF1📱\\uD83D", Printable.Line("x\uDCF1📱\uD83D"));

    [Fact]
    public async Task JsonList_FailureBeforeTheFirstRow_IsTheErrorAlone()
    {
        var json = await JsonOfAsync(output => output.ListAsync(RowsAsync(rows: 0, fail: true)));

        Assert.Equal("boom", json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task JsonList_FailureInTheMiddle_IsTheLastElement()
    {
        var json = await JsonOfAsync(output => output.ListAsync(RowsAsync(rows: 2_000, fail: true)));

        Assert.Equal(2_001, json.GetArrayLength());
        Assert.Equal("boom", json[2_000].GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task JsonReportWithList_FailureInTheMiddle_IsAPropertyOfTheDocument()
    {
        var json = await JsonOfAsync(output => output.ListAsync(RowsAsync(rows: 3, fail: true), "rows", () => new DeleteReport("t", "s", true)));

        Assert.Equal(3, json.GetProperty("rows").GetArrayLength());
        Assert.Equal("boom", json.GetProperty("error").GetProperty("message").GetString());
        Assert.False(json.TryGetProperty("deleted", out _));
    }

    [Fact]
    public async Task JsonReportWithList_ErrorAfterTheEnd_LeavesTheDocumentAsItIs()
    {
        using var stream = new MemoryStream();
        using (var output = new JsonOutput(stream))
        {
            await output.ListAsync(RowsAsync(rows: 1, fail: false), "rows", () => new DeleteReport("t", "s", true));
            output.Error(new ErrorReport("damaged", "one of them"));
        }

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal(["rows", "tenant", "session", "deleted"], json.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task RichList_Rows_AreATable()
    {
        var (console, text) = Screen();

        await new RichOutput(console).ListAsync(RowsAsync(rows: 2, fail: false));

        Assert.Contains("│ tenant │ session", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("│ [t]    │ s1", text.ToString(), StringComparison.Ordinal);
        Assert.Contains('╭', text.ToString());
    }

    [Fact]
    public async Task RichList_ManyRows_AreSeveralTables()
    {
        var (console, text) = Screen();

        await new RichOutput(console).ListAsync(RowsAsync(rows: 1_200, fail: false));

        Assert.Equal(3, text.ToString().Count(c => c == '╭'));
    }

    [Fact]
    public void RichReport_LongLine_IsNotBroken()
    {
        var (console, text) = Screen();

        new RichOutput(console).Report(new KeyReport(new string('k', 300), "id"));

        Assert.Equal(new string('k', 300) + Environment.NewLine, text.ToString());
    }

    [Fact]
    public async Task RichProgress_Work_ReturnsItsResultAndPassesItsFailure()
    {
        var (console, _) = Screen();
        var output = new RichOutput(console);

        var result = await output.WithProgressAsync("Importing [x]", progress =>
        {
            progress!.Report(new BaileysProgress(1, null, 10));
            progress.Report(new BaileysProgress(2, 2, 20));
            return Task.FromResult(42);
        });

        Assert.Equal(42, result);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => output.WithProgressAsync<int>("Importing", _ => throw new InvalidOperationException("boom")));
    }

    private static async Task<JsonElement> JsonOfAsync(Func<OutputWriter, Task> write)
    {
        using var stream = new MemoryStream();
        using (var output = new JsonOutput(stream))
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => write(output));
            output.Error(new ErrorReport("unexpected", failure.Message));
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static async IAsyncEnumerable<SessionReport> RowsAsync(int rows, bool fail)
    {
        for (var i = 1; i <= rows; i++)
        {
            await Task.Yield();
            yield return new SessionReport("[t]", $"s{i}", 1, i, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, MayBeAhead: false);
        }

        if (fail)
            throw new InvalidOperationException("boom");
    }

    private static (IAnsiConsole Console, StringWriter Text) Screen()
    {
        var text = new StringWriter(new StringBuilder());
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 160;
        console.Profile.Capabilities.Unicode = true;
        return (console, text);
    }
}
