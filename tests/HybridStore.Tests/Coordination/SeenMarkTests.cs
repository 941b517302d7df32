using HybridStore.Coordination;

namespace HybridStore.Tests.Coordination;

public sealed class SeenMarkTests
{
    // In order: each life and its end before the next, whatever its versions are.
    private static readonly SeenMark[] Marks = [default, new(1, 1), new(1, 9), SeenMark.EndOf(1), new(2, 1), SeenMark.EndOf(2)];

    [Fact]
    public void Compare_LivesFirst_ThenVersions()
    {
        for (var i = 0; i < Marks.Length; i++)
        {
            for (var j = 0; j < Marks.Length; j++)
            {
                var (left, right) = (Marks[i], Marks[j]);
                Assert.Equal(i < j, left < right);
                Assert.Equal(i > j, left > right);
                Assert.Equal(i <= j, left <= right);
                Assert.Equal(i >= j, left >= right);
            }
        }
    }

    [Fact]
    public void EndOf_ALife_IsItsEnd() => Assert.Equal((new SeenMark(3, SeenMark.Ended), true), (SeenMark.EndOf(3), SeenMark.EndOf(3).IsEnd));

    [Fact]
    public void EndOf_NoLife_IsNothingSeen()
    {
        Assert.Equal(default, SeenMark.EndOf(0));
        Assert.False(SeenMark.EndOf(0).IsEnd);
    }
}
