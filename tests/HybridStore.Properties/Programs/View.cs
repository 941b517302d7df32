namespace HybridStore.Properties.Programs;

/// <summary>What one store has seen of one session, as far as the contract says it.</summary>
internal sealed class View
{
    /// <summary>The earliest snapshot that the store may still answer with.</summary>
    public int From { get; set; }

    /// <summary>
    /// The lives of which the store may think that the session is in them; 0: it thinks of none. More than one where the contract leaves open
    /// what a call has told it.
    /// </summary>
    public HashSet<long> Lives { get; } = [0];

    public void Saw(long life)
    {
        Lives.Clear();
        Lives.Add(life);
    }

    /// <summary>Whether a commit of this store must be told first that the session's life is over.</summary>
    public bool MustBeTold(long life) => Lives.All(l => l != 0 && l != life);

    public bool MayBeTold(long life) => Lives.Any(l => l != 0 && l != life);
}
