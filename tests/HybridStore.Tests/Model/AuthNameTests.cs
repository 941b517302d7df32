namespace HybridStore.Tests.Model;

public class AuthNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData(":")]
    [InlineData("::")]
    [InlineData("__")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("%")]
    [InlineData("%2F")]
    [InlineData(" ")]
    [InlineData("\u00E9")]
    [InlineData("e\u0301")]
    [InlineData("\u202Eabc")]
    [InlineData("\uFFFD")]
    [InlineData("😀")]
    [InlineData("{tenant}/session")]
    [InlineData("a\nb\tc")]
    public void Any_text_is_a_name(string name)
    {
        Assert.Equal(name, new AuthSessionId(name, name).Session);
        Assert.Equal(name, new AuthKey(name, name).Id);
    }

    [Fact]
    public void A_name_of_1024_bytes_is_taken_and_of_1025_refused()
    {
        Assert.Equal(1024, new AuthKey("t", new string('x', 1024)).Id.Length);
        var e = Assert.Throws<InvalidAuthInputException>(() => new AuthKey("t", new string('x', 1025)));
        Assert.Equal((AuthInputPart.Id, AuthInputFault.TooLong), (e.Part, e.Fault));

        // Bytes, not characters: 513 of two bytes each.
        Assert.Equal(AuthInputFault.TooLong, Assert.Throws<InvalidAuthInputException>(() => new AuthKey("t", new string('é', 513))).Fault);
    }

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        // Not as theory data: the test runner itself can't carry such a text.
        foreach (var name in new[] { "\uD83D", "a\uDE00b", "\uDE00\uD83D" })
        {
            var e = Assert.Throws<InvalidAuthInputException>(() => new AuthKey("t", name));
            Assert.Equal(AuthInputFault.NotText, e.Fault);
        }
    }

    [Theory]
    [InlineData("", AuthInputFault.Empty)]
    [InlineData(null, AuthInputFault.Empty)]
    [InlineData("a\0b", AuthInputFault.NotText)]
    public void What_is_no_text_is_refused_and_named(string? name, AuthInputFault fault)
    {
        var tenant = Assert.Throws<InvalidAuthInputException>(() => new AuthSessionId(name!, "s"));
        var session = Assert.Throws<InvalidAuthInputException>(() => new AuthSessionId("t", name!));
        var type = Assert.Throws<InvalidAuthInputException>(() => new AuthKey(name!, "i"));
        var id = Assert.Throws<InvalidAuthInputException>(() => new AuthKey("t", name!));

        Assert.Equal((AuthInputPart.Tenant, fault), (tenant.Part, tenant.Fault));
        Assert.Equal((AuthInputPart.Session, fault), (session.Part, session.Fault));
        Assert.Equal((AuthInputPart.Type, fault), (type.Part, type.Fault));
        Assert.Equal((AuthInputPart.Id, fault), (id.Part, id.Fault));
        Assert.False(id.IsTransient);
    }

    [Fact]
    public void Names_that_join_to_the_same_text_stay_apart()
    {
        Assert.NotEqual(new AuthSessionId("a/b", "c"), new AuthSessionId("a", "b/c"));
        Assert.NotEqual(new AuthKey("sender-key", "memory-x"), new AuthKey("sender-key-memory", "x"));
        Assert.NotEqual(new AuthKey("t", "\u00E9"), new AuthKey("t", "e\u0301"));
        Assert.NotEqual(new AuthKey("t", "a"), new AuthKey("t", "A"));
    }
}
