using System.Buffers.Binary;
using System.Security.Cryptography;

namespace WhatsAppBot;

/// <summary>The random numbers of one step: the same for the same seed and step, on every machine and every version of .NET.</summary>
/// <remarks>They stand in for key material in a sample. Real keys come from the platform's generator.</remarks>
internal sealed class StepRandom
{
    private readonly byte[] _counted = new byte[3 * sizeof(long)];
    private long _count;

    public StepRandom(long seed, long step)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_counted, seed);
        BinaryPrimitives.WriteInt64LittleEndian(_counted.AsSpan(sizeof(long)), step);
    }

    /// <summary>32 bytes.</summary>
    public byte[] NextKey()
    {
        BinaryPrimitives.WriteInt64LittleEndian(_counted.AsSpan(2 * sizeof(long)), _count++);
        return SHA256.HashData(_counted);
    }

    /// <summary>33 bytes: a public key as Signal writes it, with its type before it.</summary>
    public byte[] NextPublicKey() => [5, .. NextKey()];

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => (BinaryPrimitives.ReadUInt64LittleEndian(NextKey()) >> 11) * Math.ScaleB(1, -53);

    /// <summary>A number from 0 to below a limit.</summary>
    public int Next(int limit) => (int)(NextDouble() * limit);

    /// <summary>An index below a count, where the one at i is as likely as 1/(i+1) says (Zipf): a few peers write most messages.</summary>
    public int NextZipf(int count)
    {
        var total = 0.0;
        for (var i = 0; i < count; i++)
            total += 1.0 / (i + 1);
        var left = NextDouble() * total;
        var index = 0;
        while (index < count - 1 && (left -= 1.0 / (index + 1)) >= 0)
            index++;
        return index;
    }
}
