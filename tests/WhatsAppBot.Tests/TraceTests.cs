using System.Text;
using System.Text.Json.Nodes;
using HybridStore;
using HybridStore.Baileys;

namespace WhatsAppBot.Tests;

public class TraceTests
{
    [Fact]
    public async Task StepAt_AskedTwice_CommitsTheSame()
    {
        var (one, other) = (await Played.StartAsync(), await Played.StartAsync());
        for (var k = 1; k <= 600; k++)
            Assert.Equal(Describe(one.Next().Patch), Describe(other.Next().Patch));
    }

    [Fact]
    public async Task StepAt_AnyOrder_GivesTheSameSteps()
    {
        var played = await Played.StartAsync();
        var forward = Enumerable.Range(1, 600).Select(k => played.Trace.StepAt(k)).ToList();
        for (var k = 600; k >= 1; k--)
        {
            var step = played.Trace.StepAt(k);
            Assert.Equal((forward[k - 1].Kind, k), (step.Kind, step.Number));
            Assert.Equal(forward[k - 1].Reads, step.Reads);
        }
    }

    [Fact]
    public async Task StepAt_AnotherSeed_GivesAnotherTrace()
    {
        var folder = (await Played.StartAsync()).Folder;
        var other = new Trace(Played.Seed + 1, Roster.Of(folder));
        var trace = new Trace(Played.Seed, Roster.Of(folder));
        Assert.Contains(Enumerable.Range(1, 20), k => trace.StepAt(k).Kind != other.StepAt(k).Kind);
    }

    [Fact]
    public async Task EveryStep_ReadsOnlyWhatMustBeThere_AndCommitsTheProgress()
    {
        var played = await Played.StartAsync();
        var kinds = new HashSet<StepKind>();
        for (var k = 1; k <= 1000; k++)
        {
            var (step, patch, _) = played.Next();
            kinds.Add(step.Kind);
            var progress = Assert.Single(patch.Changes, c => c.Key == Progress.Key);
            Assert.Equal(k, Progress.FromBytes(progress.Value!.Value).Step);
        }

        Assert.Equal(Enum.GetValues<StepKind>(), kinds.Order());
    }

    [Fact]
    public async Task Receive_GrowsOneSession_ByAClosedChain()
    {
        var played = await Played.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            var (step, patch, read) = played.Next(StepKind.Receive);
            var session = Assert.Single(step.Reads);
            Assert.Equal([session, Progress.Key], patch.Changes.Select(c => c.Key));
            Assert.InRange(played.Values[session].Length - read[session].Length, 100, 110);
        }
    }

    [Fact]
    public async Task ReceiveFirst_TradesAPreKeyForASession_InOnePatch()
    {
        var played = await Played.StartAsync();
        for (var i = 0; i < 45; i++)
        {
            var (step, patch, _) = played.Next(StepKind.ReceiveFirst);
            Assert.Equal([AuthKeyTypes.IdentityKey, AuthKeyTypes.Session, AuthKeyTypes.PreKey], step.Reads.Select(k => k.Type));
            Assert.Equal([false, false, true], step.Reads.Select(k => Assert.Single(patch.Changes, c => c.Key == k).IsDelete));
        }
    }

    [Fact]
    public async Task Reply_ReadsSessionsOneByOne_AndWritesThemTogether_Persisted()
    {
        var (step, patch, _) = (await Played.StartAsync()).Next(StepKind.Reply);
        Assert.InRange(step.Reads.Distinct().Count(), 3, 4);
        Assert.Equal([.. step.Reads, Progress.Key], patch.Changes.Select(c => c.Key));
        Assert.Equal(Durability.Persisted, patch.Durability);
    }

    [Fact]
    public async Task GroupSend_GrowsTheOwnSenderKey_WithItsMemoryInOnePatch()
    {
        var played = await Played.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var (step, patch, read) = played.Next(StepKind.GroupSend);
            Assert.Equal([AuthKeyTypes.SenderKey, AuthKeyTypes.SenderKeyMemory], step.Reads.Select(k => k.Type));
            Assert.Equal([.. step.Reads, Progress.Key], patch.Changes.Select(c => c.Key));
            Assert.InRange(played.Values[step.Reads[0]].Length - read[step.Reads[0]].Length, 195, 250);
        }
    }

    [Fact]
    public async Task PreKeys_AdvanceTheCounterInTheSamePatch()
    {
        var (_, patch, read) = (await Played.StartAsync()).Next(StepKind.PreKeys);
        var before = Creds.NextPreKey(read[AuthKey.Creds]);
        var after = Assert.Single(patch.Changes, c => c.Key == AuthKey.Creds).Value!.Value;
        Assert.Equal(before + 5, Creds.NextPreKey(after));
        Assert.Equal(
            Enumerable.Range(before, 5).Select(id => $"{id}"),
            patch.Changes.Where(c => c.Key.Type == AuthKeyTypes.PreKey).Select(c => c.Key.Id));
    }

    [Fact]
    public async Task Values_KeepTheShapeThatBaileysGaveThem()
    {
        var played = await Played.StartAsync();
        var shapes = played.Folder.ToLookup(r => r.Key.Type, r => Shape(r.Value));
        for (var k = 1; k <= 1000; k++)
        {
            foreach (var change in played.Next().Patch.Changes.Where(c => !c.IsDelete && c.Key != Progress.Key))
                Assert.Contains(Shape(change.Value!.Value), shapes[change.Key.Type]);
        }
    }

    [Fact]
    public async Task NewSession_HasTheShapeOfAnOldOne()
    {
        var played = await Played.StartAsync();
        var (step, patch, _) = played.Next(StepKind.ReceiveFirst);
        var made = Assert.Single(patch.Changes, c => c.Key == step.Reads[1]).Value!.Value;
        Assert.Contains(Shape(made), played.Folder.Where(r => r.Key.Type == AuthKeyTypes.Session).Select(r => Shape(r.Value)));
    }

    /// <summary>The names in a value and the kinds of what they hold, without order, the keys of maps or how many there are.</summary>
    private static string Shape(ReadOnlyMemory<byte> value)
    {
        if (BufferJson.TryDecode(value.Span, out var bytes))
            return bytes is [(byte)'[', ..] ? $"bytes of {Shape(JsonNode.Parse(bytes)!)}" : "bytes";
        return Shape(JsonNode.Parse(value.Span)!);
    }

    private static string Shape(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(",", map.Select(p => $"{(IsName(p.Key) ? p.Key : "*")}:{(Varies(p.Key) ? "any" : Shape(p.Value))}").Distinct().Order()) + "}",
        JsonArray array => "[" + string.Join(",", array.Select(Shape).Distinct().Order()) + "]",
        null => "null",
        _ => node.GetValueKind().ToString(),
    };

    // A closed chain has no key, and a sender key of one message no message keys.
    private static bool Varies(string name) => name is "chainKey" or "senderMessageKeys";

    private static bool IsName(string key) => key.All(char.IsAsciiLetter) || key is "_sessions" or "_chains";

    private static string Describe(AuthPatch patch) => string.Join(
        "\n", patch.Changes.Select(c => $"{c.Key} {(c.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "deleted")}"));
}
