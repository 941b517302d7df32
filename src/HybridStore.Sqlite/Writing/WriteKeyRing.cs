namespace HybridStore.Sqlite.Writing;

/// <summary>Writes the ring of master keys, if nobody has since it was read.</summary>
internal sealed class WriteKeyRing(long expectedVersion, ReadOnlyMemory<byte> content) : WriteWork<bool>
{
    public override bool Apply(WriterTables tables) => Result = tables.KeyRing.Write(expectedVersion, content.Span);
}
