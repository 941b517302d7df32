namespace HybridStore;

/// <summary>One line of a patch: a record set to a value, or deleted.</summary>
public readonly struct AuthChange
{
    internal AuthChange(AuthKey key, ReadOnlyMemory<byte>? value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>Which record changes.</summary>
    public AuthKey Key { get; }

    /// <summary>The new bytes, or <see langword="null"/> to delete the record.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    /// <summary>Whether the record is deleted.</summary>
    public bool IsDelete => Value is null;
}
