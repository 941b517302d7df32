using System.Text;
using HybridStore.PostgreSql.Writing;

namespace HybridStore.PostgreSql.Tests.Writing;

public sealed class SessionOrderTests
{
    private static readonly string[] Names = ["", "a", "A", "ab", "a\uFFFD", "a\U0001F600", "\uE000", "\uD7FF", "\uFFFF", "\U00010000", "\U0010FFFF", "\u00e9", "e\u0301", "z"];

    [Fact]
    public void Compare_AnyNames_IsTheOrderOfTheirUtf8Bytes()
    {
        foreach (var x in Names.Skip(1))
        {
            foreach (var y in Names.Skip(1))
            {
                var bytes = Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
                Assert.Equal(Math.Sign(bytes), Math.Sign(SessionOrder.Instance.Compare(new AuthSessionId("t", x), new AuthSessionId("t", y))));
                Assert.Equal(Math.Sign(bytes), Math.Sign(SessionOrder.Instance.Compare(new AuthSessionId(x, "a"), new AuthSessionId(y, "a"))));
            }
        }
    }
}
