namespace HybridStore.Tests.Audit;

/// <summary>A trail in memory, that a test can have refuse entries.</summary>
internal sealed class ListTrail : IAuditTrail
{
    public const string Password = "password=hunter2-of-the-trail";

    private readonly List<AuditEvent> _entries = [];

    /// <summary>Which entries can't be kept.</summary>
    public Predicate<AuditEvent> Refuses { get; set; } = static _ => false;

    public IReadOnlyList<AuditEvent> Entries
    {
        get
        {
            lock (_entries)
                return [.. _entries];
        }
    }

    public ValueTask AppendAsync(AuditEvent entry, CancellationToken cancellationToken = default)
    {
        if (Refuses(entry))
            throw new IOException($"No space left on device. {Password}");
        lock (_entries)
            _entries.Add(entry);
        return ValueTask.CompletedTask;
    }
}
