using System.Diagnostics.Metrics;

namespace HybridStore.Diagnostics;

/// <summary>The meter of a store, <c>HybridStore</c>. No label names a session, a record or a key.</summary>
internal sealed class StoreMetrics : IDisposable
{
    public const string MeterName = "HybridStore";
    public const string JobTag = "hybridstore.key_job";
    public const string TierTag = "hybridstore.tier";
    public const string StateTag = "hybridstore.breaker.state";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _changed;
    private readonly Counter<long> _overtaken;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _timeouts;

    public StoreMetrics()
    {
        _sessions = _meter.CreateCounter<long>("hybridstore.key_job.sessions", "{session}", "Sessions that a change of keys has seen.");
        _changed = _meter.CreateCounter<long>("hybridstore.key_job.changed", "{item}", "Data keys that were wrapped anew, or records that were encrypted anew.");
        _overtaken = _meter.CreateCounter<long>("hybridstore.key_job.overtaken", "{item}", "Those that somebody else changed meanwhile.");
        _failed = _meter.CreateCounter<long>("hybridstore.key_job.failed", "{item}", "Data keys or records that did not open, and were left as they are.");
        _transitions = _meter.CreateCounter<long>("hybridstore.breaker.transitions", "{transition}", "New states of the tiers' breakers.");
        _rejections = _meter.CreateCounter<long>("hybridstore.breaker.rejections", "{call}", "Calls that were not sent, because a breaker was open.");
        _retries = _meter.CreateCounter<long>("hybridstore.tier.retries", "{call}", "Calls that were sent to a tier again.");
        _timeouts = _meter.CreateCounter<long>("hybridstore.tier.timeouts", "{call}", "Calls that took longer than a tier's time limit.");
    }

    /// <summary>The meter, of which there is one for each store.</summary>
    public Meter Meter => _meter;

    /// <summary>Shows what the tiers' breakers do: 1 closed, 2 half-open, 3 open, 4 isolated.</summary>
    /// <param name="states">Each tier's state.</param>
    public void ShowBreakers(Func<IEnumerable<(AuthTier Tier, BreakerState State)>> states) => _meter.CreateObservableGauge(
        "hybridstore.breaker.state",
        () => states().Select(static s => new Measurement<int>((int)s.State, new KeyValuePair<string, object?>(TierTag, TextOf(s.Tier)))),
        unit: null,
        "What a tier's breaker does: 1 closed, 2 half-open, 3 open, 4 isolated.");

    public void BreakerChanged(AuthTier tier, BreakerState state) => _transitions.Add(
        1, new KeyValuePair<string, object?>(TierTag, TextOf(tier)), new KeyValuePair<string, object?>(StateTag, state switch
        {
            BreakerState.Closed => "closed",
            BreakerState.HalfOpen => "half_open",
            BreakerState.Open => "open",
            _ => "isolated",
        }));

    public void Rejected(AuthTier tier) => _rejections.Add(1, new KeyValuePair<string, object?>(TierTag, TextOf(tier)));

    public void Retried(AuthTier tier) => _retries.Add(1, new KeyValuePair<string, object?>(TierTag, TextOf(tier)));

    public void TimedOut(AuthTier tier) => _timeouts.Add(1, new KeyValuePair<string, object?>(TierTag, TextOf(tier)));

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

    private static string TextOf(AuthTier tier) => tier == AuthTier.Hot ? "hot" : "cold";
}
