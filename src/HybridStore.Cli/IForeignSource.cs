using HybridStore.Baileys;

namespace HybridStore.Cli;

/// <summary>The state that another program has left, in its layout. It is only read.</summary>
internal interface IForeignSource
{
    /// <summary>How its entries are named.</summary>
    BaileysNaming Naming { get; }

    /// <summary>The names of what is there and must not be taken up, once it was read.</summary>
    IReadOnlyList<string> LeftOut { get; }

    /// <summary>Reads it, from the start each time.</summary>
    IAsyncEnumerable<BaileysEntry> ReadAsync(CancellationToken cancellationToken);
}
