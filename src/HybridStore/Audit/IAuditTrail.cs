namespace HybridStore;

/// <summary>Keeps what is done with sessions and keys: <see cref="FileAuditTrail"/>, or one of your own, such as a service that others than the bots' operators look after.</summary>
public interface IAuditTrail
{
    /// <summary>Adds an entry, for good: it returns when the entry is kept. Called from any number of threads.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Cancels the wait; the entry may be kept all the same.</param>
    /// <exception cref="AuditTrailException">It could not be kept. Any other exception is taken for the same, but its text is not repeated.</exception>
    ValueTask AppendAsync(AuditEvent entry, CancellationToken cancellationToken = default);
}
