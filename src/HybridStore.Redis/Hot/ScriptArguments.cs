using System.Globalization;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Collects a script's arguments. Numbers are text: the driver would send them so anyway, and the scripts compare them as text.</summary>
internal sealed class ScriptArguments
{
    private readonly List<RedisValue> _values;

    public ScriptArguments(SessionPlace place, TimeSpan idleExpiry, int capacity = 8)
    {
        _values = new List<RedisValue>(capacity + 2);
        Add((long)idleExpiry.TotalMilliseconds);
        Add(place.Channel);
    }

    public ScriptArguments Add(long number)
    {
        _values.Add(number.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public ScriptArguments Add(string text)
    {
        _values.Add(text);
        return this;
    }

    public ScriptArguments Add(byte[] bytes)
    {
        _values.Add(bytes);
        return this;
    }

    public ScriptArguments Add(CommitId id) => Add(id.Value.ToByteArray(bigEndian: true));

    public ScriptArguments Add(HotMeta meta) =>
        Add(meta.Incarnation).Add(meta.Version).Add(meta.Epoch).Add(RunToken.Of(meta.RunId)).Add(meta.GoodUntil.UtcTicks);

    public ScriptArguments Add(IReadOnlyList<SealedChange> changes, long version)
    {
        foreach (var change in changes)
            Add(FieldName.Of(change.Key)).Add(RecordValue.Of(change.VersionIn(version), change.Envelope));
        return this;
    }

    public RedisValue[] ToArray() => [.. _values];
}
