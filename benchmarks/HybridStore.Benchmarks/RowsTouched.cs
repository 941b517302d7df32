namespace HybridStore.Benchmarks;

/// <summary>Rows that a transaction touched.</summary>
internal readonly record struct RowsTouched(long Scanned, long Found, long Inserted, long Updated, long Deleted)
{
    public long All => Scanned + Found + Inserted + Updated + Deleted;
}
