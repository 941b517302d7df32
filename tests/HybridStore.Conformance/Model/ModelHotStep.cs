using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>One atomic step of the server: what it sees, and whom it tells.</summary>
internal sealed class ModelHotStep(Dictionary<AuthSessionId, ModelHotSession> sessions, string runId, DateTimeOffset now)
{
    private List<(AuthSessionId Session, HotChange Change)>? _changes;

    public string RunId => runId;

    public DateTimeOffset Now => now;

    public IReadOnlyList<(AuthSessionId Session, HotChange Change)> Changes => _changes ?? [];

    public ModelHotSession? Find(AuthSessionId session) => sessions.GetValueOrDefault(session);

    public ModelHotSession Get(AuthSessionId session)
    {
        if (!sessions.TryGetValue(session, out var held))
            sessions.Add(session, held = new ModelHotSession());
        return held;
    }

    public void Tell(AuthSessionId session, HotChange change) => (_changes ??= []).Add((session, change));
}
