namespace HybridStore.Properties.Codec.Mutations;

/// <summary>What becomes of an envelope.</summary>
internal enum EnvelopeMutation
{
    FlipBits,
    ReplaceByte,
    Truncate,
    Extend,
    CutOut,

    /// <summary>The beginning of one and the end of another.</summary>
    Splice,

    /// <summary>The header of another.</summary>
    SwapHeader,

    /// <summary>The nonce of another.</summary>
    SwapNonce,

    /// <summary>Another version, cipher, compression or key in the header.</summary>
    ChangeField,

    /// <summary>Whole, but in the place of another.</summary>
    OtherPlace,

    /// <summary>A right header, and then anything.</summary>
    RandomBox,
    RandomBytes,
}
