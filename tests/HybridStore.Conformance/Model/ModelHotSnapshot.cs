namespace HybridStore.Conformance;

/// <summary>What a <see cref="ModelHotServer"/> held at one moment.</summary>
public sealed class ModelHotSnapshot
{
    internal ModelHotSnapshot(Dictionary<AuthSessionId, ModelHotSession> sessions) => Sessions = sessions;

    internal Dictionary<AuthSessionId, ModelHotSession> Sessions { get; }
}
