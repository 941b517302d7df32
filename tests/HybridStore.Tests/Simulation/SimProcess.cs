using HybridStore.Conformance;
using HybridStore.Coordination;

namespace HybridStore.Tests.Simulation;

/// <summary>A process: a store over the shared tiers, a clock, and what its clients have been told so far.</summary>
internal sealed class SimProcess(string name)
{
    private readonly Dictionary<AuthSessionId, int> _seen = [];
    private readonly Dictionary<AuthSessionId, SeenMark> _furthest = [];

    public string Name { get; } = name;

    public ManualClock Time { get; } = new();

    public HybridAuthStore Store { get; set; } = null!;

    public SimColdTier Cold { get; set; } = null!;

    public SimHotTier? Hot { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>Its memory is gone; what it has sent may still arrive.</summary>
    public bool IsKilled { get; set; }

    /// <summary>It opens nothing, and only reads.</summary>
    public bool IsReader { get; init; }

    public Dictionary<AuthSessionId, AuthSession> Handles { get; } = [];

    /// <summary>How often each session had been deleted, and hot had lied, when it was opened here.</summary>
    public Dictionary<AuthSessionId, (int Deletions, int Lies)> OpenedAfter { get; } = [];

    public HashSet<AuthSessionId> Opening { get; } = [];

    /// <summary>What was closed here, or is about to be.</summary>
    public HashSet<AuthSessionId> Closing { get; } = [];

    /// <summary>The earliest point that an answer may be from, by what was answered before.</summary>
    public int Seen(AuthSessionId session) => _seen.GetValueOrDefault(session);

    public void Saw(AuthSessionId session, int point) => _seen[session] = Math.Max(Seen(session), point);

    /// <summary>The furthest place of a session that this process was told of: it never goes back from there, whatever the tiers do.</summary>
    public SeenMark Furthest(AuthSessionId session) => _furthest.GetValueOrDefault(session);

    public void Saw(AuthSessionId session, SeenMark mark)
    {
        if (mark > Furthest(session))
            _furthest[session] = mark;
    }

    /// <summary>What the transaction that is about to be committed here has read and writes; one at a time.</summary>
    public Dictionary<AuthSessionId, SimTransaction> Transactions { get; } = [];

    public HashSet<AuthSessionId> Transacting { get; } = [];

    /// <summary>What is being imported here.</summary>
    public Dictionary<AuthSessionId, Dictionary<AuthKey, int>> Imports { get; } = [];
}
