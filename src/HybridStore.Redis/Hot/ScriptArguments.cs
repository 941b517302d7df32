using System.Globalization;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Collects a script's arguments. Numbers are text: the driver would send them so anyway, and the scripts compare them as text.</summary>
internal sealed class ScriptArguments
{
    private RedisValue[] _values;
    private int _count;

    /// <param name="idleExpiry">How long idle sessions are kept, in milliseconds.</param>
    /// <param name="place">The session.</param>
    /// <param name="capacity">How many follow. If it is right, nothing is copied.</param>
    public ScriptArguments(RedisValue idleExpiry, SessionPlace place, int capacity = 8)
    {
        _values = new RedisValue[capacity + 2];
        Add(idleExpiry);
        Add(place.ChannelValue);
    }

    public ScriptArguments Add(long number) => Add((RedisValue)number.ToString(CultureInfo.InvariantCulture));

    public ScriptArguments Add(string text) => Add((RedisValue)text);

    public ScriptArguments Add(byte[] bytes) => Add((RedisValue)bytes);

    public ScriptArguments Add(CommitId id) => Add(id.Value.ToByteArray(bigEndian: true));

    public ScriptArguments Add(HotMeta meta) =>
        Add(meta.Incarnation).Add(meta.Version).Add(meta.Epoch).Add(RunToken.Of(meta.RunId)).Add(meta.GoodUntil.UtcTicks);

    public ScriptArguments Add(IReadOnlyList<SealedChange> changes, long version)
    {
        for (var i = 0; i < changes.Count; i++)
            Add(FieldName.Of(changes[i].Key)).Add(RecordValue.Of(changes[i].VersionIn(version), changes[i].Envelope));
        return this;
    }

    public RedisValue[] ToArray()
    {
        if (_count != _values.Length)
            Array.Resize(ref _values, _count);
        return _values;
    }

    private ScriptArguments Add(RedisValue value)
    {
        if (_count == _values.Length)
            Array.Resize(ref _values, _count * 2);
        _values[_count++] = value;
        return this;
    }
}
