namespace HybridStore.Baileys;

/// <summary>How much of one type was imported or exported.</summary>
/// <param name="Type">The type.</param>
/// <param name="Records">How many records.</param>
/// <param name="Bytes">Their values' bytes.</param>
public sealed record BaileysTypeCount(string Type, long Records, long Bytes);
