namespace HybridStore.Baileys;

/// <summary>What is wrong with a text that should be JSON, and where.</summary>
internal readonly record struct BufferJsonFault(BaileysFormatReason Reason, long Position)
{
    public string Describe() => Reason switch
    {
        BaileysFormatReason.InvalidUtf8 => $"is not UTF-8 text: byte {Position} is wrong.",
        BaileysFormatReason.TruncatedJson => $"ends in the middle, after {Position} bytes: a write was cut short.",
        BaileysFormatReason.TooDeep => $"is nested more than {BufferJson.MaxDepth} levels deep, at byte {Position}.",
        _ => $"is not JSON: byte {Position} is wrong.",
    };
}
