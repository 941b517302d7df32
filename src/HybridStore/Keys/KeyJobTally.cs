using HybridStore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HybridStore.Keys;

/// <summary>Counts what a change of keys does, and tells of it.</summary>
internal sealed class KeyJobTally(string job, KeyJobRequest request, ILogger logger)
{
    private const int MaxFailures = 100;
    private readonly List<KeyJobFailure> _failures = [];
    private AuthSessionId? _last = request.After;
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
        request.Progress?.Report(Progress);
    }

    /// <summary>A step within a session is done.</summary>
    public void Step() => request.Progress?.Report(Progress);
}
