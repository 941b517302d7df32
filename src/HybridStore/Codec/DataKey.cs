namespace HybridStore.Codec;

/// <summary>A key of one session, under which its records are sealed. Any number of threads may use it at once.</summary>
internal sealed class DataKey : IDisposable
{
    private long _seals;

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

    /// <summary>How many records were sealed under it in this process.</summary>
    public long Seals => Interlocked.Read(ref _seals);

    internal KeyMaterial Material { get; }

    /// <summary>Notes a seal.</summary>
    internal void CountSeal() => Interlocked.Increment(ref _seals);

    /// <summary>Goes on counting where another copy of the key was.</summary>
    internal void CountFrom(long seals) => Interlocked.Add(ref _seals, seals);

    /// <summary>Clears the key as soon as no operation uses it.</summary>
    public void Dispose() => Material.Dispose();

    /// <summary>The id; never the key.</summary>
    public override string ToString() => $"data key {Id}";
}
