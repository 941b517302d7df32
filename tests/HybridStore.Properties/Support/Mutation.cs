namespace HybridStore.Properties.Support;

/// <summary>One way to damage bytes.</summary>
/// <param name="Kind">Which.</param>
/// <param name="At">Where, counted modulo the length.</param>
/// <param name="Value">What with.</param>
internal sealed record Mutation(MutationKind Kind, int At, byte Value)
{
    public byte[] ApplyTo(byte[] bytes)
    {
        if (Kind == MutationKind.Insert)
        {
            var position = At % (bytes.Length + 1);
            return [.. bytes[..position], Value, .. bytes[position..]];
        }

        if (bytes.Length == 0)
            return [];
        var at = At % bytes.Length;
        switch (Kind)
        {
            case MutationKind.FlipBit:
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << (Value % 8));
                return flipped;
            case MutationKind.Replace:
                var replaced = (byte[])bytes.Clone();
                replaced[at] = Value;
                return replaced;
            case MutationKind.Remove:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            case MutationKind.Truncate:
                return bytes[..at];
            default:
                return [.. bytes[..at], .. bytes[at..], .. bytes[at..]];
        }
    }
}

internal enum MutationKind
{
    FlipBit,
    Replace,
    Remove,
    Insert,
    Truncate,
    RepeatTail,
}
