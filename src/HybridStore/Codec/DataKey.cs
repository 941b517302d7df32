namespace HybridStore.Codec;

/// <summary>A key of one session, under which its records are sealed. Any number of threads may use it at once.</summary>
internal sealed class DataKey : IDisposable
{
    /// <param name="id">Its id, not 0.</param>
    /// <param name="bytes">32 random bytes, which are copied.</param>
    public DataKey(DataKeyId id, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, KeyMaterial.Size);
        Id = id;
        Material = new KeyMaterial(bytes, "HybridStore/envelope"u8);
    }

    /// <summary>Its id, which is no secret.</summary>
    public DataKeyId Id { get; }

    internal KeyMaterial Material { get; }

    /// <summary>Clears the key as soon as no operation uses it.</summary>
    public void Dispose() => Material.Dispose();

    /// <summary>The id; never the key.</summary>
    public override string ToString() => $"data key {Id}";
}
