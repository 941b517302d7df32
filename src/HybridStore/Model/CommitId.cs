namespace HybridStore;

/// <summary>Names one commit, so that sending it again after an unknown outcome is harmless.</summary>
/// <param name="Value">128 bits that no other commit of the session has.</param>
public readonly record struct CommitId(Guid Value)
{
    /// <summary>The size of an id in bytes: 16.</summary>
    public const int Size = 16;

    /// <summary>Makes an id from 122 random bits.</summary>
    public static CommitId New() => new(Guid.NewGuid());

    /// <summary><see langword="true"/> for <c>default</c>, which names nothing and is refused.</summary>
    public bool IsEmpty => Value == Guid.Empty;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
