using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>What records must be after some messages. Records that several lanes write have no one last edition, and are left out.</summary>
internal static class WrittenLast
{
    public static IEnumerable<(int Session, StateRecord Record)> Of(IEnumerable<TraceMessage> messages)
    {
        var last = new Dictionary<(int, AuthKey), (int Lane, StateRecord? Record)>();
        foreach (var message in messages)
        {
            foreach (var record in message.Operations.OfType<TraceOperation.Commit>().SelectMany(static c => c.Records))
            {
                var key = (message.Session, record.Key);
                var isShared = last.TryGetValue(key, out var former) && (former.Record is null || former.Lane != message.Lane);
                last[key] = (message.Lane, isShared ? null : record);
            }
        }

        foreach (var ((session, _), (_, record)) in last)
        {
            if (record is { } written)
                yield return (session, written);
        }
    }
}
