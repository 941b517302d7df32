namespace HybridStore.Baileys;

/// <summary>How entries outside of a folder are named.</summary>
public enum BaileysNaming
{
    /// <summary>As the files of <c>useMultiFileAuthState</c>, without <c>.json</c>: <c>/</c> is written <c>__</c> and <c>:</c> is written <c>-</c>. See <see cref="BaileysFileName"/>.</summary>
    FileNames = 1,

    /// <summary>The type, a <c>-</c> and the id as it is.</summary>
    TypeAndId = 2,
}
