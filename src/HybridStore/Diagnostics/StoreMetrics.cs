using System.Diagnostics.Metrics;

namespace HybridStore.Diagnostics;

/// <summary>The meter of a store, <c>HybridStore</c>. No label names a session, a record or a key.</summary>
internal sealed class StoreMetrics : IDisposable
{
    public const string MeterName = "HybridStore";
    public const string JobTag = "hybridstore.key_job";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _changed;
    private readonly Counter<long> _overtaken;
    private readonly Counter<long> _failed;

    public StoreMetrics()
    {
        _sessions = _meter.CreateCounter<long>("hybridstore.key_job.sessions", "{session}", "Sessions that a change of keys has seen.");
        _changed = _meter.CreateCounter<long>("hybridstore.key_job.changed", "{item}", "Data keys that were wrapped anew, or records that were encrypted anew.");
        _overtaken = _meter.CreateCounter<long>("hybridstore.key_job.overtaken", "{item}", "Those that somebody else changed meanwhile.");
        _failed = _meter.CreateCounter<long>("hybridstore.key_job.failed", "{item}", "Data keys or records that did not open, and were left as they are.");
    }

    /// <summary>Adds what a change of keys did since the last time.</summary>
    /// <param name="job"><c>rewrap</c> or <c>reencrypt</c>.</param>
    /// <param name="since">What was told the last time.</param>
    /// <param name="now">How far it is.</param>
    public void KeyJob(string job, KeyJobProgress since, KeyJobProgress now)
    {
        var tag = new KeyValuePair<string, object?>(JobTag, job);
        Add(_sessions, now.Sessions - since.Sessions);
        Add(_changed, now.Changed - since.Changed);
        Add(_overtaken, now.Overtaken - since.Overtaken);
        Add(_failed, now.Failed - since.Failed);

        void Add(Counter<long> counter, long more)
        {
            if (more > 0)
                counter.Add(more, tag);
        }
    }

    public void Dispose() => _meter.Dispose();
}
