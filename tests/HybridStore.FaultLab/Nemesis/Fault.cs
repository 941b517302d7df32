namespace HybridStore.FaultLab.Nemesis;

/// <summary>A class of faults.</summary>
/// <param name="Name">As in reports.</param>
/// <param name="Lane">What can't be faulty in two ways at once: bots, servers, the ways between them.</param>
/// <param name="Strike">Lets it happen, and heals it.</param>
/// <param name="Weight">How often, compared with the others of its lane.</param>
/// <param name="IsPlain">Whether servers that are up again are all that it takes after one that was not brought to its end; not where an operator was at work.</param>
internal sealed record Fault(string Name, Lane Lane, Func<Random, Task> Strike, int Weight = 4, bool IsPlain = true);

/// <summary>What is hit.</summary>
internal enum Lane
{
    Bots,
    Servers,
    Ways,
}
