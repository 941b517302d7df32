namespace HybridStore.Codec;

/// <summary>Names a session's data key: 64 random bits, written in every envelope that the key sealed.</summary>
/// <param name="Value">The bits; 0 names no key.</param>
public readonly record struct DataKeyId(ulong Value)
{
    /// <summary>The size of an id in bytes: 8.</summary>
    public const int Size = sizeof(ulong);

    /// <summary><see langword="true"/> for <c>default</c>, which names no key.</summary>
    public bool IsEmpty => Value == 0;

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
