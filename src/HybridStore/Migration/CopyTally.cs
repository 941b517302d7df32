namespace HybridStore.Migration;

/// <summary>What a run has written to the target.</summary>
internal sealed class CopyTally
{
    public long Records { get; set; }

    public long Bytes { get; set; }
}
