namespace HybridStore.Baileys;

/// <summary>A record as another program has left it, outside of a folder: in a database.</summary>
/// <param name="Name">What it is called there; <c>creds</c>, or a type and an id as <see cref="BaileysNaming"/> says.</param>
/// <param name="Json">Its value: JSON with Baileys' buffers (<see cref="BufferJson"/>).</param>
public readonly record struct BaileysEntry(string Name, ReadOnlyMemory<byte> Json);
