using HybridStore.Cli.Reports;

namespace HybridStore.Cli;

/// <summary>What a session's outbox has, and what is left of it after something was done about it.</summary>
internal static class OutboxRest
{
    /// <summary>What a session has queued.</summary>
    /// <param name="store">The store.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SessionNotFoundException">Neither hot nor the store knows it.</exception>
    /// <exception cref="StoreUnavailableException">Hot does not answer, or knows nothing of a session that may have queued commits.</exception>
    public static async Task<OutboxContent> ShowAsync(HybridAuthStore store, AuthSessionId session, CancellationToken cancellationToken)
    {
        if (await store.Outbox.ShowAsync(session, cancellationToken) is { } content)
            return content;
        var found = await store.FindSessionAsync(session, cancellationToken) ?? throw new SessionNotFoundException(session);
        if (found.MayBeAhead)
        {
            throw new StoreUnavailableException(
                "hot", $"Session {session} may have queued commits that the cold tier does not have yet, and the hot tier knows nothing of them: it is another one, or has lost them.")
            {
                Session = session,
            };
        }

        return new OutboxContent(session, Waiting: 0, Entries: [], Parked: null);
    }

    /// <summary>Reports, if nothing stops the session any more.</summary>
    /// <param name="context">Where to report.</param>
    /// <param name="store">The store.</param>
    /// <param name="session">The session.</param>
    /// <param name="report">Made of how many commits still wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What stops it.</returns>
    public static async Task<Failure?> ReportAsync<TReport>(
        CommandContext context, HybridAuthStore store, AuthSessionId session, Func<long, TReport> report, CancellationToken cancellationToken)
        where TReport : IReport<TReport>
    {
        var left = await ShowAsync(store, session, cancellationToken);
        if (left.Parked is { } parked)
            return Failure.Of(new OutboxParkedException(session, parked.Version, parked.Reason), cancellationToken);
        if (left.Waiting > 0)
        {
            return new Failure(ExitCode.Failed, new ErrorReport("notDrained", FormattableString.Invariant($"Session {session} still has {left.Waiting} queued commits, which stay in hot. Try again later."))
            {
                Transient = true, Tenant = session.Tenant, Session = session.Session,
            });
        }

        context.Output.Report(report(left.Waiting));
        return null;
    }
}
