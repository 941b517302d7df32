using HybridStore.PostgreSql.Reading;

namespace HybridStore.PostgreSql.Tests.Reading;

public sealed class NameFilterTests
{
    [Fact]
    public void MayExist_TextThatANameCanBe_May() => Assert.All((string?[])[null, "clinic", "%", "\U0001F600!"], static name => Assert.True(NameFilter.MayExist(name)));

    [Fact]
    public void MayExist_TextThatNoServerCanHold_MayNot() =>
        Assert.All((string[])["a\0b", "\uD83D", "\uD83Da", "\uDE00\uD83D", "a\uDE00"], static name => Assert.False(NameFilter.MayExist(name)));
}
