using System.Text;
using HybridStore.Audit;
using static HybridStore.Tests.Audit.AuditFixture;

namespace HybridStore.Tests.Audit;

/// <summary>Whatever is done to a trail by who can write the file, it shows: without a key to who knows a later hash, with one to who has the key.</summary>
public sealed class TamperingTests : IDisposable
{
    private readonly AuditFixture _fixture = new();
    private readonly string _key = NewKey();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_AnyByteChanged_NamesTheLine(bool keyed)
    {
        var key = keyed ? _key : null;
        await _fixture.WriteAsync(3, key);
        var bytes = await File.ReadAllBytesAsync(_fixture.Path, Cancel);
        var begins = Array.IndexOf(bytes, (byte)'\n') + 1;
        var ends = Array.IndexOf(bytes, (byte)'\n', begins);

        for (var at = begins; at < ends; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(_fixture.Path, changed, Cancel);

            var verified = await _fixture.VerifyAsync(key);

            Assert.NotNull(verified.Fault);
            Assert.Equal((2L, 1L), (verified.Line, verified.Lines));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Verify_LineRemoved_IsMissing(int removed)
    {
        await _fixture.WriteAsync(5);
        _fixture.Put(_fixture.Lines().Where((_, i) => i != removed));

        await AssertAsync(AuditFault.Missing, removed + 1);
    }

    [Fact]
    public async Task Verify_LinesSwapped_AreReordered()
    {
        await _fixture.WriteAsync(5);
        var lines = _fixture.Lines();
        (lines[1], lines[3]) = (lines[3], lines[1]);
        _fixture.Put(lines);

        await AssertAsync(AuditFault.Reordered, 2);
    }

    [Fact]
    public async Task Verify_LineRepeated_IsReordered()
    {
        await _fixture.WriteAsync(3);
        _fixture.Put([.. _fixture.Lines(), _fixture.Lines()[1]]);

        await AssertAsync(AuditFault.Reordered, 4);
    }

    [Fact]
    public async Task Verify_EndCutOff_ShowsToWhoKnowsTheHead()
    {
        await _fixture.WriteAsync(5);
        var head = (await _fixture.VerifyAsync()).Head!;
        Assert.Equal((5L, null), (await _fixture.VerifyAsync(head: head)) is var whole ? (whole.HeadLine, whole.Fault) : default);
        _fixture.Put(_fixture.Lines()[..3]);

        Assert.Null((await _fixture.VerifyAsync()).Fault);
        var verified = await _fixture.VerifyAsync(head: head);
        Assert.Equal((AuditFault.HeadMissing, null, 3L), (verified.Fault!.Value, verified.Line, verified.Lines));
    }

    [Fact]
    public async Task Verify_GrownSinceTheHead_IsIntact()
    {
        await _fixture.WriteAsync(2);
        var head = (await _fixture.VerifyAsync()).Head!;
        await _fixture.WriteAsync(2);

        var verified = await _fixture.VerifyAsync(head: head);

        Assert.Equal((4L, 2L, null), (verified.Lines, verified.HeadLine, verified.Fault));
    }

    [Fact]
    public async Task Verify_LineForgedWithTheHashOfAnother_IsChanged()
    {
        await _fixture.WriteAsync(2);
        var forged = _fixture.Lines()[1].Replace("{\"n\":2,", "{\"n\":3,", StringComparison.Ordinal);
        _fixture.Put([.. _fixture.Lines(), forged]);

        await AssertAsync(AuditFault.Changed, 3);
    }

    [Fact]
    public async Task Verify_LineReplacedByOneThatFitsByItself_IsUnlinkedFromTheNext()
    {
        await _fixture.WriteAsync(3);
        var lines = _fixture.Lines();
        lines[1] = Write(AuditChain.Of(null), Event(99), 2, _fixture.Read().First().Hash!);
        _fixture.Put(lines);

        await AssertAsync(AuditFault.Unlinked, 3);
    }

    [Fact]
    public async Task Verify_AllWrittenAnewWithoutAKey_ShowsOnlyToWhoKnowsAHash()
    {
        await _fixture.WriteAsync(3);
        var head = (await _fixture.VerifyAsync()).Head!;
        File.Delete(_fixture.Path);
        using (var forger = _fixture.Open())
        {
            await forger.AppendAsync(Event(7), Cancel);
            await forger.AppendAsync(Event(8), Cancel);
        }

        // What a plain chain can't show, it does not show: docs/audit.md says so.
        Assert.Null((await _fixture.VerifyAsync()).Fault);
        Assert.Equal(AuditFault.HeadMissing, (await _fixture.VerifyAsync(head: head)).Fault);
    }

    [Fact]
    public async Task Verify_AllWrittenAnewWithoutTheKey_ShowsToWhoHasTheKey()
    {
        await _fixture.WriteAsync(3, _key);
        var named = _fixture.Read().First().Chain;
        File.Delete(_fixture.Path);
        await _fixture.WriteAsync(3);
        await AssertAsync(AuditFault.WrongKey, 1, _key);

        File.Delete(_fixture.Path);
        await _fixture.WriteAsync(3, NewKey());
        await AssertAsync(AuditFault.WrongKey, 1, _key);

        // Who says that it is the key, and has only the hash of the line.
        File.Delete(_fixture.Path);
        using var plain = AuditChain.Of(null);
        var line = Write(plain, Event(), 1, AuditLine.NoHash).Replace("\"chain\":\"sha256\"", $"\"chain\":\"{named}\"", StringComparison.Ordinal);
        var body = line[..line.IndexOf(",\"hash\"", StringComparison.Ordinal)];
        _fixture.Put([$"{body},\"hash\":\"{plain.Hash(Encoding.UTF8.GetBytes(body))}\"}}"]);
        await AssertAsync(AuditFault.Changed, 1, _key);
    }

    [Fact]
    public async Task Verify_WithoutTheKey_SaysThatThereIsOne()
    {
        await _fixture.WriteAsync(1, _key);

        await AssertAsync(AuditFault.WrongKey, 1);
    }

    [Fact]
    public async Task Verify_LinesOfAnotherTrailUnderTheSameKey_AreUnlinked()
    {
        await _fixture.WriteAsync(3, _key);
        var others = _fixture.Lines();
        File.Delete(_fixture.Path);
        using (var trail = _fixture.Open(_key))
            await trail.AppendAsync(Event(50), Cancel);
        _fixture.Put([_fixture.Lines()[0], others[1], others[2]]);

        await AssertAsync(AuditFault.Unlinked, 2, _key);
    }

    [Fact]
    public async Task Verify_LineCutShortByHandAndClosedWithoutTheKey_IsChanged()
    {
        await _fixture.WriteAsync(2, _key);
        var lines = _fixture.Lines();
        using var plain = AuditChain.Of(null);
        var cut = lines[1][..40];
        using var closing = new MemoryStream();
        (AuditLine.Of(Event()) with { Kind = AuditLine.TornKind, Torn = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(cut))) })
            .Write(plain, 2, _fixture.Read().First().Hash!, closing);
        _fixture.Put([lines[0], cut, Encoding.UTF8.GetString(closing.ToArray()).TrimEnd('\n')]);

        await AssertAsync(AuditFault.Changed, 2, _key);
    }

    private async Task AssertAsync(AuditFault fault, long line, string? key = null)
    {
        var verified = await _fixture.VerifyAsync(key);
        Assert.Equal((fault, line), (verified.Fault, verified.Line));
        Assert.Contains($"Line {line} ", verified.Message, StringComparison.Ordinal);
    }

    private static string Write(AuditChain chain, AuditEvent entry, long number, string previous)
    {
        using var output = new MemoryStream();
        AuditLine.Of(entry).Write(chain, number, previous, output);
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
    }
}
