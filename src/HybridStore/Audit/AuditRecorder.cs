using HybridStore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HybridStore.Audit;

/// <summary>Records what a store does, before it is done; where that fails, it is not done, or it is logged, as was chosen. Without a trail it does nothing and waits for nothing.</summary>
internal sealed class AuditRecorder : IDisposable
{
    private readonly IAuditTrail? _trail;
    private readonly FileAuditTrail? _own;
    private readonly string _actor;
    private readonly AuditFailurePolicy _onFailure;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="options">The options, which are validated.</param>
    /// <param name="time">The store's clock.</param>
    /// <param name="logger">Where to log.</param>
    public AuditRecorder(AuditOptions options, TimeProvider time, ILogger logger)
    {
        _trail = options.GetTrail() ?? (options.File is null ? null : _own = new FileAuditTrail(options.File, options.Key, options.PreviousHash));
        _actor = options.Actor ?? $"{Environment.UserName}@{Environment.MachineName}";
        (_onFailure, _time, _logger) = (options.OnFailure, time, logger);
    }

    /// <summary>Whether anything is recorded.</summary>
    public bool Records => _trail is not null;

    /// <summary>What is about to be done; <see langword="null"/>: nothing is recorded.</summary>
    public AuditEvent? About(AuditKind kind, AuthSessionId? session = null, string? tenant = null) => _trail is null ? null : new AuditEvent
    {
        Kind = kind,
        At = _time.GetUtcNow(),
        Actor = _actor,
        ProcessId = Environment.ProcessId,
        Action = Guid.NewGuid(),
        Tenant = session?.Tenant ?? tenant,
        Session = session?.Session,
    };

    /// <summary>Does something between its two entries.</summary>
    /// <param name="about">What, as <see cref="About"/> gave it.</param>
    /// <param name="act">Does it.</param>
    /// <param name="told">What there is to say of it when it is done; <see langword="null"/>, here or from it: nothing, and there is no second entry.</param>
    /// <param name="cancellationToken">Cancels the first entry, and with it the action.</param>
    /// <exception cref="AuditTrailException">It could not be recorded, and was not done.</exception>
    public ValueTask<T> RunAsync<T>(AuditEvent? about, Func<ValueTask<T>> act, Func<AuditEvent, T, AuditEvent?>? told, CancellationToken cancellationToken) =>
        about is null ? act() : RunRecordedAsync(about, act, told, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(AuditEvent?, Func{ValueTask{T}}, Func{AuditEvent, T, AuditEvent?}?, CancellationToken)"/>
    public async ValueTask RunAsync(AuditEvent? about, Func<ValueTask> act, CancellationToken cancellationToken)
    {
        if (about is null)
        {
            await act().ConfigureAwait(false);
            return;
        }

        await RunRecordedAsync(
            about,
            async () =>
            {
                await act().ConfigureAwait(false);
                return true;
            },
            static (done, _) => done,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records that something is about to begin.</summary>
    /// <exception cref="AuditTrailException">It could not be recorded, and is not to be done.</exception>
    public async ValueTask BeginAsync(AuditEvent? about, CancellationToken cancellationToken)
    {
        if (about is null)
            return;
        try
        {
            await _trail!.AppendAsync(about, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a trail throws: it did not keep the entry.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_onFailure == AuditFailurePolicy.Log)
            {
                Log.AuditNotWritten(_logger, e, about.Kind, about.Tenant, about.Session);
                return;
            }

            throw new AuditTrailException($"{Describe(about)} was refused, since it can't be recorded. Nothing was done. {Why(e)}", e)
            {
                Kind = about.Kind,
                Path = (e as AuditTrailException)?.Path,
                Session = about is { Tenant: { } tenant, Session: { } session } ? new AuthSessionId(tenant, session) : null,
            };
        }
    }

    /// <summary>Records how something ended. It can't be undone any more: what can't be recorded is logged.</summary>
    public async ValueTask EndAsync(AuditEvent? about, AuditOutcome outcome)
    {
        if (about is null)
            return;
        try
        {
            await _trail!.AppendAsync(about with { Outcome = outcome, At = _time.GetUtcNow() }, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.AuditNotWritten(_logger, e, about.Kind, about.Tenant, about.Session);
        }
    }

    /// <summary>The same for what failed.</summary>
    public ValueTask FailAsync(AuditEvent? about, Exception e) => EndAsync(about is null ? null : about with { Detail = e.GetType().Name }, AuditOutcome.Failed);

    /// <summary>Makes sure that something can be recorded, so that a host finds out at its start.</summary>
    /// <exception cref="AuditTrailException">It can't.</exception>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (_own is null)
            return;
        try
        {
            await _own.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AuditTrailException e) when (_onFailure == AuditFailurePolicy.Log)
        {
            Log.AuditNotWritable(_logger, e);
        }
    }

    public void Dispose() => _own?.Dispose();

    private async ValueTask<T> RunRecordedAsync<T>(AuditEvent about, Func<ValueTask<T>> act, Func<AuditEvent, T, AuditEvent?>? told, CancellationToken cancellationToken)
    {
        await BeginAsync(about, cancellationToken).ConfigureAwait(false);
        T result;
        try
        {
            result = await act().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await FailAsync(about, e).ConfigureAwait(false);
            throw;
        }

        await EndAsync(told?.Invoke(about, result), AuditOutcome.Done).ConfigureAwait(false);
        return result;
    }

    private static string Describe(AuditEvent about)
    {
        var kind = AuditLine.Name(about.Kind);
        return about.Tenant is null ? kind : about.Session is null ? $"{kind} of tenant {about.Tenant}" : $"{kind} of session {about.Tenant}/{about.Session}";
    }

    // What the exception of a service's client says may hold what was sent to it, and a password.
    private static string Why(Exception e) => e is AuditTrailException ? e.Message : $"The audit trail failed ({e.GetType().Name}).";
}
