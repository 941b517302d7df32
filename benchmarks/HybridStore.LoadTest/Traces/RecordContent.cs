using System.Text;

namespace HybridStore.LoadTest.Traces;

/// <summary>
/// The bytes of a record, of exactly the size that is asked for, always the same from the same key, size and edition. They are JSON as Baileys writes it: buffers of random bytes in
/// base64, which compress a little, as the real values do.
/// </summary>
internal static class RecordContent
{
    // {"type":"Buffer","data":"…"} with 44 characters of base64, and a comma.
    private const int Item = 72;
    private const int Items = 32 * 1024;
    private static readonly byte[] Pool = MakePool();

    public static byte[] Make(StateRecord record) => Make(record.Key, record.Size, record.Edition);

    public static byte[] Make(AuthKey key, int size, int edition)
    {
        var value = new byte[size];
        Fill(value, Hash(key, edition));
        return value;
    }

    /// <summary>What an array of this size takes, so that it can be taken off from what a target allocates.</summary>
    public static long Allocated(int size) => 24 + ((size + 7L) & ~7L);

    private static void Fill(Span<byte> value, uint hash)
    {
        // [item,item,"rest"], or just "rest" where no item fits; digits of the hash in the rest, so that editions differ.
        var items = (value.Length - 14) / Item;
        if (items <= 0)
        {
            FillText(value, hash);
            return;
        }

        value[0] = (byte)'[';
        var at = 1;
        for (var first = (int)(hash % Items); items > 0; first = 0)
        {
            var count = Math.Min(items, Items - first);
            Pool.AsSpan(first * Item, count * Item).CopyTo(value[at..]);
            at += count * Item;
            items -= count;
        }

        FillText(value[at..^1], hash);
        value[^1] = (byte)']';
    }

    private static void FillText(Span<byte> text, uint hash)
    {
        if (text.Length < 2)
        {
            text.Fill((byte)('0' + (hash % 10)));
            return;
        }

        text[0] = text[^1] = (byte)'"';
        foreach (ref var character in text[1..^1])
        {
            character = (byte)('0' + (hash % 10));
            hash = hash < 10 ? 7 : hash / 10;
        }
    }

    // FNV-1a: the same in every process.
    private static uint Hash(AuthKey key, int edition)
    {
        var hash = 2166136261 ^ (uint)edition;
        foreach (var character in key.Id)
            hash = (hash ^ character) * 16777619;
        foreach (var character in key.Type)
            hash = (hash ^ character) * 16777619;
        return (hash ^ (uint)edition) * 16777619;
    }

    private static byte[] MakePool()
    {
        var random = new Random(20260821);
        var pool = new byte[Item * Items];
        var bytes = new byte[32];
        for (var i = 0; i < Items; i++)
        {
            random.NextBytes(bytes);
            Encoding.ASCII.GetBytes($$"""{"type":"Buffer","data":"{{Convert.ToBase64String(bytes)}}"},""", pool.AsSpan(i * Item));
        }

        return pool;
    }
}
