using System.Security.Cryptography;
using System.Text;
using HybridStore.Audit;
using static HybridStore.Tests.Audit.AuditFixture;

namespace HybridStore.Tests.Audit;

/// <summary>A trail only grows, whoever writes it, and whatever becomes of them.</summary>
public sealed class FileAuditTrailTests : IDisposable
{
    private readonly AuditFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Append_Entries_AreLinkedByTheHashOfTheirBytes()
    {
        await _fixture.WriteAsync(3);

        var previous = new string('0', 64);
        foreach (var (line, index) in _fixture.Lines().Select((l, i) => (l, i)))
        {
            Assert.StartsWith($$"""{"n":{{index + 1}},"at":"2026-11-21T12:00:00Z","kind":"sessionOpened","outcome":"begun","actor":"ana@desk","process":4711,""", line, StringComparison.Ordinal);
            Assert.Contains($"\"chain\":\"sha256\",\"prev\":\"{previous}\",\"hash\":\"", line, StringComparison.Ordinal);
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line[..line.IndexOf(",\"hash\"", StringComparison.Ordinal)])));
            Assert.EndsWith($"\"hash\":\"{previous}\"}}", line, StringComparison.Ordinal);
        }

        Assert.Equal((3L, 0L, null, previous), (await VerifiedAsync()) is var v ? (v.Lines, v.TornLines, v.Fault, v.Head) : default);
        Assert.Equal("clínica \"7\"/a", _fixture.Read().First().Tenant);
    }

    [Fact]
    public async Task Append_OnUnix_MakesFilesForTheOwnerAlone()
    {
        await _fixture.WriteAsync(1);

        Assert.Equal(2, Directory.GetFiles(_fixture.Folder).Length);
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has other rights.");
        else
            Assert.All(Directory.GetFiles(_fixture.Folder), static f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(f)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_FromManyThreadsAndTrailsAtOnce_LosesNothing(bool keyed)
    {
        var key = keyed ? NewKey() : null;
        using var first = _fixture.Open(key);
        using var second = _fixture.Open(key);

        await Task.WhenAll(Enumerable.Range(1, 60).Select(i => Task.Run(async () => await (i % 2 == 0 ? first : second).AppendAsync(Event(i), Cancel), Cancel)));

        var verified = await _fixture.VerifyAsync(key);
        Assert.Equal((60L, null), (verified.Lines, verified.Fault));
        Assert.Equal(60, _fixture.Read().Select(l => l.Action).Distinct().Count());
    }

    [Fact]
    public async Task Append_BehindALineThatWasCutShort_LeavesItAndSaysSo()
    {
        await _fixture.WriteAsync(2);
        var whole = await File.ReadAllBytesAsync(_fixture.Path, Cancel);
        var secondBegins = Array.IndexOf(whole, (byte)'\n') + 1;

        // Wherever a crash cuts it: after the first byte, in the middle, and just before its line feed.
        foreach (var length in new[] { secondBegins + 1, secondBegins + 100, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(_fixture.Path, whole[..length], Cancel);
            Assert.Equal((AuditFault.Torn, 2L), (await _fixture.VerifyAsync()) is var torn ? (torn.Fault!.Value, torn.Line!.Value) : default);

            await _fixture.WriteAsync(1);

            Assert.Equal(whole[..length], (await File.ReadAllBytesAsync(_fixture.Path, Cancel))[..length]);
            var verified = await _fixture.VerifyAsync();
            Assert.Equal((4L, 1L, null), (verified.Lines, verified.TornLines, verified.Fault));
            var closing = AuditLine.TryRead(Encoding.UTF8.GetBytes(_fixture.Lines()[2]))!;
            Assert.Equal((AuditLine.TornKind, 2L), (closing.Kind, closing.Number));
        }
    }

    [Fact]
    public async Task Append_BehindALineThatWasCutShortAndClosedByAProcessThatEndedThen_SaysSoToo()
    {
        await _fixture.WriteAsync(2);
        var lines = _fixture.Lines();
        _fixture.Put([lines[0], lines[1][..50]]);

        await _fixture.WriteAsync(1);

        var verified = await _fixture.VerifyAsync();
        Assert.Equal((4L, 1L, null), (verified.Lines, verified.TornLines, verified.Fault));
    }

    [Fact]
    public async Task Append_WhereOnlyTheFirstLineWasCutShort_BeginsBehindIt()
    {
        await File.WriteAllTextAsync(_fixture.Path, "{\"n\":1,", Cancel);

        await _fixture.WriteAsync(1);

        var verified = await _fixture.VerifyAsync();
        Assert.Equal((3L, 1L, null), (verified.Lines, verified.TornLines, verified.Fault));
    }

    [Theory]
    [InlineData("not a trail\n")]
    [InlineData("not a trail")]
    [InlineData("\n")]
    [InlineData("{\"n\":1,\"hash\":\"\"}\n")]
    public async Task Append_ToAnotherFile_IsRefusedAndLeavesIt(string content)
    {
        await File.WriteAllTextAsync(_fixture.Path, content, Cancel);

        var e = await Assert.ThrowsAsync<AuditTrailException>(async () => await _fixture.WriteAsync(1));

        Assert.Equal(_fixture.Path, e.Path);
        Assert.Equal(content, await File.ReadAllTextAsync(_fixture.Path, Cancel));
    }

    [Fact]
    public async Task Append_BehindALastLineThatWasChanged_IsRefused()
    {
        await _fixture.WriteAsync(2);
        _fixture.Put([_fixture.Lines()[0], _fixture.Lines()[1].Replace("ana", "bob", StringComparison.Ordinal)]);
        var before = await File.ReadAllTextAsync(_fixture.Path, Cancel);

        var e = await Assert.ThrowsAsync<AuditTrailException>(async () => await _fixture.WriteAsync(1));

        Assert.Contains("its last line was changed", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(_fixture.Path, Cancel));
    }

    [Fact]
    public async Task Append_UnderAnotherKeyThanTheFile_IsRefused()
    {
        await _fixture.WriteAsync(1, NewKey());

        foreach (var key in new[] { null, NewKey() })
            Assert.Contains("begin a new file", (await Assert.ThrowsAsync<AuditTrailException>(async () => await _fixture.WriteAsync(1, key))).Message, StringComparison.Ordinal);
        Assert.Single(_fixture.Lines());
    }

    [Fact]
    public async Task Append_ToANewFile_ContinuesTheOneBefore()
    {
        await _fixture.WriteAsync(2);
        var head = (await VerifiedAsync()).Head!;
        File.Move(_fixture.Path, _fixture.Path + ".1");

        using (var trail = _fixture.Open(previousHash: head))
        {
            await trail.AppendAsync(Event(), Cancel);
            await trail.AppendAsync(Event(), Cancel);
        }

        Assert.Equal((2L, head, null), (await _fixture.VerifyAsync(begins: head)) is var v ? (v.Lines, v.Begins, v.Fault) : default);
        Assert.Equal((AuditFault.Unlinked, 1L), (await _fixture.VerifyAsync(begins: new string('a', 64))) is var w ? (w.Fault!.Value, w.Line!.Value) : default);
    }

    [Theory]
    [InlineData("missing/audit.jsonl", "missing")]
    [InlineData("file/audit.jsonl", "file")]
    [InlineData("folder", "folder")]
    public async Task Append_WhereNoFileCanBe_SaysSo(string path, string mentions)
    {
        Directory.CreateDirectory(Path.Join(_fixture.Folder, "folder"));
        await File.WriteAllTextAsync(Path.Join(_fixture.Folder, "file"), "", Cancel);
        using var trail = new FileAuditTrail(Path.Join(_fixture.Folder, path));

        var e = await Assert.ThrowsAsync<AuditTrailException>(async () => await trail.AppendAsync(Event(), Cancel));

        Assert.Contains(mentions, e.Message, StringComparison.Ordinal);
        Assert.Equal(trail.Path, e.Path);
    }

    [Fact]
    public async Task Append_OntoAFullDisk_SaysSo()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no device that is always full.");

        // A link, since the lock is made beside it.
        File.CreateSymbolicLink(_fixture.Path, "/dev/full");
        using var trail = _fixture.Open();

        await Assert.ThrowsAsync<AuditTrailException>(async () => await trail.AppendAsync(Event(), Cancel));
    }

    [Fact]
    public async Task Append_Cancelled_LeavesTheTrailToOthers()
    {
        using var trail = _fixture.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await trail.AppendAsync(Event(), new CancellationToken(canceled: true)));

        await trail.AppendAsync(Event(2), Cancel);

        Assert.Equal(Event(2).Action, Assert.Single(_fixture.Read()).Action);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Create_WithNoKey_SaysSoAndDoesNotShowIt(string key)
    {
        var e = Assert.Throws<ArgumentException>(() => _fixture.Open(key));

        Assert.Contains("HYBRIDSTORE_AUDIT_KEY", e.Message, StringComparison.Ordinal);
        if (key.Length > 0)
            Assert.DoesNotContain(key, e.Message, StringComparison.Ordinal);
    }

    private async Task<AuditVerification> VerifiedAsync()
    {
        var verified = await _fixture.VerifyAsync();
        Assert.Null(verified.Fault);
        return verified;
    }
}
