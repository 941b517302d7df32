using System.Globalization;

namespace HybridStore.Cli.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Rollback_ToAVersionThatIsListed_IsDoneAndListed()
    {
        await MakeHistoryAsync();
        var list = (await _bench.RunAsync("history", "--session", Bench.Session, "--json")).Succeeded().Json;
        var versions = list.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("version").GetInt64()).ToList();
        Assert.Equal([(1L << 32) + 1, 1], versions);
        Assert.Equal(2, list.GetProperty("count").GetInt32());
        (await _bench.RunAsync("rollback", "--session", Bench.Session, "--to", "1")).Failed(2, "--yes");

        var run = (await _bench.RunAsync("rollback", "--session", Bench.Session, "--to", "1", "--yes")).Succeeded();

        Assert.StartsWith("rolled clinic-7/reception back from version 4294967297 to 1, as version 8589934593: ", run.Out, StringComparison.Ordinal);
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
        Assert.EndsWith("clinic-7/reception: 3 versions to go back to", (await _bench.RunAsync("history", "--session", Bench.Session)).Succeeded().Out.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_OfARecord_SaysWhatReplacedIt()
    {
        await MakeHistoryAsync();

        var run = (await _bench.RunAsync("history", "--session", Bench.Session, "--type", "creds", "--id", "creds")).Succeeded();

        Assert.StartsWith("1\t4294967297\t", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("clinic-7/reception: 1 former versions", run.Out.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_NoneIsKept_SaysSo()
    {
        await _bench.ImportAsync();

        var run = (await _bench.RunAsync("history", "--session", Bench.Session)).Succeeded();

        Assert.Contains("0 versions", run.Out, StringComparison.Ordinal);
        Assert.Contains("no history is kept", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4_294_967_296)]
    public async Task Rollback_ToAVersionThatIsNot_FailsAndNamesIt(long version)
    {
        await MakeHistoryAsync();

        var run = (await _bench.RunAsync("rollback", "--session", Bench.Session, "--to", version.ToString(CultureInfo.InvariantCulture), "--yes", "--json")).Failed(1, "can't be rolled back");

        Assert.Equal(("historyUnreachable", version), (run.JsonError.GetProperty("type").GetString(), run.JsonError.GetProperty("version").GetInt64()));
    }

    [Theory]
    [InlineData("history")]
    [InlineData("history", "--session", "t/s", "--type", "creds")]
    [InlineData("history", "--session", "t/s", "--id", "creds")]
    [InlineData("rollback", "--session", "t/s", "--yes")]
    [InlineData("rollback", "--session", "t/s", "--to", "0", "--yes")]
    [InlineData("rollback", "--session", "t/s", "--to", "yesterday", "--yes")]
    public async Task Run_ArgumentsThatCanNotBe_AreRefused(params string[] arguments) => (await _bench.RunAsync(arguments)).Failed(2);

    [Fact]
    public async Task History_NoSuchSession_Fails()
    {
        await _bench.ImportAsync();

        (await _bench.RunAsync("history", "--session", "no/body")).Failed(1);
        (await _bench.RunAsync("rollback", "--session", "no/body", "--to", "1", "--yes")).Failed(1);
    }

    /// <summary>A session that was replaced once by a process that keeps history.</summary>
    private async Task MakeHistoryAsync()
    {
        await _bench.ImportAsync();
        var file = _bench.PathOf("a.backup");
        (await _bench.RunAsync("backup", file, "--all")).Succeeded();
        _bench.Environment["HYBRIDSTORE_HISTORY_MAX_VERSIONS"] = "5";
        (await _bench.RunAsync("restore", file, "--replace")).Succeeded();
    }
}
