using HybridStore.Tiers;

namespace HybridStore.Sqlite.Reading;

/// <summary>A bounded part of the sessions, and where the next part begins.</summary>
internal sealed class SessionPage(string? tenant)
{
    public const int MaxSessions = 256;

    private readonly List<ColdSession> _sessions = [];

    public string AfterTenant { get; private set; } = tenant ?? "";

    public string AfterSession { get; private set; } = "";

    public IReadOnlyList<ColdSession> Sessions => _sessions;

    public bool IsFull => _sessions.Count >= MaxSessions;

    public void Add(ColdSession session)
    {
        _sessions.Add(session);
        AfterTenant = session.Id.Tenant;
        AfterSession = session.Id.Session;
    }

    /// <summary>Empties the page; the next one continues after its last session.</summary>
    public void Next() => _sessions.Clear();
}
