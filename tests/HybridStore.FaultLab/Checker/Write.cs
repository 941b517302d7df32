using HybridStore.FaultLab.Bots;

namespace HybridStore.FaultLab.Checker;

/// <summary>A commit, as far as the history knows of it.</summary>
internal sealed class Write
{
    public required CommitName Name { get; init; }

    public required int Session { get; init; }

    public required long Asked { get; init; }

    /// <summary>The highest version that was acknowledged or shown before it was asked.</summary>
    public required long Floor { get; init; }

    public required long Epoch { get; init; }

    public required int[] Registers { get; init; }

    /// <summary>0: nobody has told it yet.</summary>
    public long Version { get; set; }

    public bool IsAcknowledged { get; set; }

    /// <summary>Refused for certain.</summary>
    public bool IsRefused { get; set; }
}
