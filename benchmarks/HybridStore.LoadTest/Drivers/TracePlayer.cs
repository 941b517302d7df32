using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Drivers;

/// <summary>Plays messages on the sessions of a target, and looks at each answer.</summary>
internal sealed class TracePlayer(IReadOnlyList<ITargetSession> sessions, PlayMeter meter)
{
    // A record of 8 bytes, a reference and a header for each write; close enough beside the values.
    private const int WriteOverhead = 40;

    public async ValueTask PlayAsync(TraceMessage message)
    {
        var session = sessions[message.Session];
        foreach (var operation in message.Operations)
        {
            meter.Operation();
            try
            {
                switch (operation)
                {
                    case TraceOperation.Get get:
                        await GetAsync(session, get);
                        break;
                    case TraceOperation.GetMany many:
                        var asked = Clock.Now;
                        await session.GetManyAsync(many.Keys);
                        meter.Reads.Record(Clock.Now - asked);
                        break;
                    case TraceOperation.Commit commit:
                        var writes = WritesOf(commit);
                        var begun = Clock.Now;
                        await session.CommitAsync(writes);
                        meter.Commits.Record(Clock.Now - begun);
                        break;
                }
            }
#pragma warning disable CA1031 // Whatever a store throws is a failure of that call, which is counted and told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                meter.Failed(e);
            }
        }
    }

    private async ValueTask GetAsync(ITargetSession session, TraceOperation.Get get)
    {
        var asked = Clock.Now;
        var value = await session.GetAsync(get.Key);
        meter.Reads.Record(Clock.Now - asked);
        var size = value?.Length ?? TraceOperation.Absent;
        if (get.Size != TraceOperation.Any && size != get.Size)
            meter.Mismatched($"{get.Key} has {size} bytes and must have {get.Size}.");
    }

    private RecordWrite[] WritesOf(TraceOperation.Commit commit)
    {
        var writes = new RecordWrite[commit.Records.Length];
        long own = WriteOverhead;
        for (var i = 0; i < writes.Length; i++)
        {
            var record = commit.Records[i];
            own += WriteOverhead;
            if (record.Size < 0)
            {
                writes[i] = new RecordWrite(record.Key, null);
                continue;
            }

            writes[i] = new RecordWrite(record.Key, RecordContent.Make(record));
            own += RecordContent.Allocated(record.Size);
        }

        meter.Own(own);
        return writes;
    }
}
