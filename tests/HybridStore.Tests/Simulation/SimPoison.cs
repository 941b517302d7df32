namespace HybridStore.Tests.Simulation;

/// <summary>The commits that cold refuses for good: until somebody mends it, or gives them up.</summary>
internal sealed class SimPoison
{
    private readonly HashSet<CommitId> _commits = [];

    public void Add(CommitId commit) => _commits.Add(commit);

    public bool Has(CommitId commit) => _commits.Contains(commit);

    /// <summary>Mends what is wrong with cold.</summary>
    public void Clear() => _commits.Clear();
}
