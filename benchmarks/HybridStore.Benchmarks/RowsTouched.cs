using System.Globalization;

namespace HybridStore.Benchmarks;

/// <summary>Rows that a transaction touched.</summary>
internal readonly record struct RowsTouched(long Scanned, long Found, long Inserted, long Updated, long Deleted)
{
    public long All => Scanned + Found + Inserted + Updated + Deleted;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scanned} read one after the other, {Found} found, {Inserted} inserted, {Updated} updated, {Deleted} deleted");
}
