using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Reads a session: one command for the control field and any records.</summary>
internal sealed class HotReader(HotCalls calls)
{
    // One command takes about a million arguments, and holds up everybody while it is answered.
    private const int MostFields = 100_000;
    private const int Attempts = 3;

    public async ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var place = calls.PlaceOf(session);
        var deadline = calls.Connection.StartCall();
        var (values, run) = await FieldsAsync(place, keys, withDataKeys, deadline, cancellationToken).ConfigureAwait(false);
        var records = new SealedRecord?[keys.Count];
        var control = Control(session, values[0], run.RunId);
        if (control is null)
            return new HotRead { RunId = run.RunId, Generation = 0, Records = records };

        var first = withDataKeys ? 2 : 1;
        if (control.Meta is { } meta)
        {
            for (var i = 0; i < records.Length; i++)
            {
                if (!values[first + i].IsNull)
                    records[i] = RecordValue.Parse(keys[i], (byte[])values[first + i]!) ?? throw calls.Foreign(session);
            }

            // Verified under a run that this process does not know: either it or the writer has not noticed a restart yet.
            if (meta.RunId != run.RunId)
                calls.Connection.DoubtSometimes();
        }

        return new HotRead
        {
            Meta = control.Meta,
            RunId = run.RunId,
            Generation = control.Generation,
            Records = records,
            DataKeys = withDataKeys ? DataKeysValue.Parse((byte[]?)values[1]) : [],
            Outbox = control.HolderMayLive
                ? control.Outbox! with { HolderLives = control.HolderUntil > await calls.NowAsync(place, deadline, cancellationToken).ConfigureAwait(false) }
                : control.Outbox,
        };
    }

    private SessionControl? Control(AuthSessionId session, RedisValue value, string run) =>
        value.IsNull ? null : SessionControl.Parse((byte[])value!, run) ?? throw calls.Foreign(session);

    private ValueTask<(RedisValue[] Values, RedisRun Run)> FieldsAsync(
        SessionPlace place, IReadOnlyList<AuthKey> keys, bool withDataKeys, Deadline deadline, CancellationToken cancellationToken)
    {
        var first = withDataKeys ? 2 : 1;
        var fields = new RedisValue[first + keys.Count];
        fields[0] = FieldName.Control;
        if (withDataKeys)
            fields[1] = FieldName.DataKeys;
        for (var i = 0; i < keys.Count; i++)
            fields[first + i] = FieldName.Of(keys[i]);
        return fields.Length <= MostFields
            ? calls.FieldsAsync(place, fields, deadline, cancellationToken)
            : ManyAsync(place, fields, deadline, cancellationToken);
    }

    /// <summary>In several commands, which are of one moment if the control field is the same in all of them: every change changes it.</summary>
    private async ValueTask<(RedisValue[] Values, RedisRun Run)> ManyAsync(SessionPlace place, RedisValue[] fields, Deadline deadline, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var values = new List<RedisValue>(fields.Length);
            RedisRun? run = null;
            var changed = false;
            foreach (var chunk in fields.Skip(1).Chunk(MostFields))
            {
                var (read, readRun) = await calls.FieldsAsync(place, [fields[0], .. chunk], deadline, cancellationToken).ConfigureAwait(false);
                if (run is null)
                    values.Add(read[0]);
                changed |= read[0] != values[0] || (run is not null && run != readRun);
                run = readRun;
                values.AddRange(read.AsSpan(1));
            }

            if (!changed)
                return ([.. values], run!);
        }

        throw new StoreUnavailableException(RedisErrors.TierName, $"{fields.Length} records of a session can't be read at one moment: it is changed all the time. Read fewer at once.");
    }
}
