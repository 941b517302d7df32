using System.Text;

namespace HybridStore.Tests.Model;

public class AuthPatchGroupsTests
{
    private const string Group = "120363000000000001@g.us";

    [Fact]
    public void ConsumePreKey_Patch_SetsTheSessionAndDeletesThePreKey()
    {
        var patch = new AuthPatch().ConsumePreKey("42", "5511999990000.0", new byte[] { 1, 2 });

        Assert.Equal(["pre-key/42=deleted", "session/5511999990000.0=0102"], Text(patch));
    }

    [Fact]
    public void SetSenderKey_Patch_SetsTheKeyAndItsMemory()
    {
        var patch = new AuthPatch().SetSenderKey(Group, "5511999990000_1::3", new byte[] { 1 }, new byte[] { 2 });

        Assert.Equal([$"sender-key-memory/{Group}=02", $"sender-key/{Group}::5511999990000_1::3=01"], Text(patch));
    }

    [Fact]
    public void SetLidMapping_Patch_SetsBothDirectionsAsJsonStrings()
    {
        var patch = new AuthPatch().SetLidMapping("5511910000000", "111000000000000");

        Assert.Equal("\"111000000000000\"", Value(patch, "5511910000000"));
        Assert.Equal("\"5511910000000\"", Value(patch, "111000000000000_reverse"));
        Assert.Equal(2, patch.Changes.Count);
    }

    [Fact]
    public void SetLidMapping_TextThatJsonEscapes_IsEscaped()
    {
        var patch = new AuthPatch().SetLidMapping("a\"b", "é<");

        Assert.Equal("\"a\\\"b\"", Value(patch, "é<_reverse"));
        Assert.Equal("\"é<\"", Value(patch, "a\"b"));
    }

    [Fact]
    public void Groups_InOnePatch_AddUp()
    {
        var patch = new AuthPatch().Set("creds", "creds", new byte[] { 9 });

        Assert.Same(patch, patch.ConsumePreKey("42", "a.0", default).SetSenderKey(Group, "a::0", default, default).SetLidMapping("1", "2"));
        Assert.Equal(7, patch.Changes.Count);
    }

    [Fact]
    public void Groups_WithOneHalfThatIsRefused_LeaveThePatchAsItWas()
    {
        var tooLarge = new byte[AuthLimits.MaxValueBytes + 1];
        var tooLong = new string('x', AuthLimits.MaxNameBytes);
        Action<AuthPatch>[] refused =
        [
            static p => p.ConsumePreKey("", "a.0", default),
            static p => p.ConsumePreKey("42", "", default),
            p => p.ConsumePreKey("42", "a.0", tooLarge),
            static p => p.SetSenderKey("", "a::0", default, default),
            static p => p.SetSenderKey(Group, "", default, default),
            p => p.SetSenderKey(tooLong, "a::0", default, default),
            p => p.SetSenderKey(Group, "a::0", tooLarge, default),
            p => p.SetSenderKey(Group, "a::0", default, tooLarge),
            static p => p.SetLidMapping("", "2"),
            static p => p.SetLidMapping("1", ""),
            p => p.SetLidMapping("1", tooLong),
        ];

        Assert.All(refused, static call =>
        {
            var patch = new AuthPatch();
            Assert.Throws<InvalidAuthInputException>(() => call(patch));
            Assert.Empty(patch.Changes);
        });
    }

    private static string[] Text(AuthPatch patch) =>
        [.. patch.Changes.Select(c => $"{c.Key}={(c.Value is { } value ? Convert.ToHexString(value.Span) : "deleted")}").Order(StringComparer.Ordinal)];

    private static string Value(AuthPatch patch, string id) =>
        Encoding.UTF8.GetString(patch.Changes.Single(c => c.Key == new AuthKey(AuthKeyTypes.LidMapping, id)).Value!.Value.Span);
}
