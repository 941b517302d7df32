using HybridStore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HybridStore.Keys;

/// <summary>Counts what a change of keys does, and tells of it.</summary>
/// <param name="job">What it is, as the log names it.</param>
/// <param name="metric">The same, as metrics name it.</param>
/// <param name="request">What was asked for.</param>
/// <param name="metrics">Where it is counted.</param>
/// <param name="logger">Where it is logged.</param>
internal sealed class KeyJobTally(string job, string metric, KeyJobRequest request, StoreMetrics metrics, ILogger logger)
{
    private const int MaxFailures = 100;
    private readonly List<KeyJobFailure> _failures = [];
    private AuthSessionId? _last = request.After;
    private KeyJobProgress _told = new(0, 0, 0, 0, null);
    private long _failed;

    public long Sessions { get; set; }

    public long Changed { get; set; }

    public long Overtaken { get; set; }

    public KeyJobProgress Progress => new(Sessions, Changed, Overtaken, _failed, _last) { Failures = [.. _failures] };

    public void Fail(AuthSessionId session, string fault)
    {
        _failed++;
        if (_failures.Count < MaxFailures && (_failures.Count == 0 || _failures[^1] != new KeyJobFailure(session, fault)))
        {
            _failures.Add(new KeyJobFailure(session, fault));
            Log.KeyJobFailed(logger, job, session, fault);
        }
    }

    /// <summary>Everything up to this session is done.</summary>
    public void Done(AuthSessionId session)
    {
        _last = session;
        Log.KeyJobProgress(logger, job, Sessions, Changed, _failed, session);
        Step();
    }

    /// <summary>A step within a session is done.</summary>
    public void Step()
    {
        var progress = Progress;
        metrics.KeyJob(metric, _told, progress);
        _told = progress;
        request.Progress?.Report(progress);
    }
}
