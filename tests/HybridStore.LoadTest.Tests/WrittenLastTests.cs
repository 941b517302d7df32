using HybridStore.LoadTest.Drivers;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

public class WrittenLastTests
{
    private static readonly AuthKey One = new("session", "1");
    private static readonly AuthKey Two = new("session", "2");

    [Fact]
    public void The_last_edition_counts_and_what_several_lanes_write_does_not()
    {
        var last = WrittenLast.Of([
            Message(0, 0, new StateRecord(One, 10, 1)),
            Message(0, 0, new StateRecord(One, 12, 2), new StateRecord(Two, 5, 1)),
            Message(0, 1, new StateRecord(Two, 6, 2)),
            Message(0, 1, new StateRecord(Two, 7, 3)),
            Message(1, 1, new StateRecord(Two, -1, 0)),
        ]);

        Assert.Equal([(0, new StateRecord(One, 12, 2)), (1, new StateRecord(Two, -1, 0))], last);
    }

    private static TraceMessage Message(int session, int lane, params StateRecord[] records) => new(session, lane, [new TraceOperation.Commit(records)]);
}
