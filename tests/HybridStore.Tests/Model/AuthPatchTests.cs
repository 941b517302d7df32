namespace HybridStore.Tests.Model;

public class AuthPatchTests
{
    [Fact]
    public void The_last_word_on_a_key_wins()
    {
        var patch = new AuthPatch().Set("session", "a", new byte[] { 1 }).Delete("session", "a").Set("session", "b", new byte[] { 2 }).Set("session", "b", new byte[] { 3 });

        Assert.Equal(2, patch.Changes.Count);
        Assert.True(patch.Changes.Single(c => c.Key.Id == "a").IsDelete);
        Assert.Equal([3], patch.Changes.Single(c => c.Key.Id == "b").Value!.Value.ToArray());
    }

    [Fact]
    public void A_value_of_8_MiB_is_taken_and_one_byte_more_refused()
    {
        var patch = new AuthPatch().Set("t", "i", new byte[AuthLimits.MaxValueBytes]);

        var e = Assert.Throws<InvalidAuthInputException>(() => patch.Set("t", "other", new byte[AuthLimits.MaxValueBytes + 1]));

        Assert.Equal((AuthInputPart.Value, AuthInputFault.TooLong), (e.Part, e.Fault));
        Assert.Contains("t/other", e.Message, StringComparison.Ordinal);
        Assert.Single(patch.Changes);
    }

    [Fact]
    public void A_frozen_patch_does_not_change_any_more()
    {
        var patch = new AuthPatch().Set("t", "i", new byte[] { 1 });
        patch.Freeze();

        Assert.Throws<InvalidOperationException>(() => patch.Set("t", "j", new byte[] { 1 }));
        Assert.Throws<InvalidOperationException>(() => patch.Delete("t", "i"));
        Assert.Throws<InvalidOperationException>(() => patch.Expect(new AuthKey("t", "i"), 1));
        Assert.Throws<InvalidOperationException>(() => patch.ExpectSession(1));
        Assert.Throws<InvalidOperationException>(() => patch.ForIncarnation(1));
        Assert.Throws<InvalidOperationException>(() => patch.Require(Durability.Persisted));
    }

    [Fact]
    public void A_default_key_is_refused()
    {
        Assert.Throws<InvalidAuthInputException>(() => new AuthPatch().Set(default, default));
        Assert.Throws<InvalidAuthInputException>(() => new AuthPatch().Delete(default));
        Assert.Throws<InvalidAuthInputException>(() => new AuthPatch().Expect(default, 1));
        Assert.Throws<InvalidAuthInputException>(() => new AuthPatch(default));
    }
}
