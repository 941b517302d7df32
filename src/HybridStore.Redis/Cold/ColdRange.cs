using System.Text;

namespace HybridStore.Redis.Cold;

/// <summary>A range of names as ZRANGEBYLEX takes it.</summary>
/// <param name="From">Where it begins, with the sign that says whether that is included.</param>
/// <param name="To">Where it ends.</param>
internal sealed record ColdRange(byte[] From, byte[] To)
{
    /// <summary>All names, or those whose first part is the one given.</summary>
    public static ColdRange Of(string? first) =>
        first is null ? new ColdRange("-"u8.ToArray(), "+"u8.ToArray()) : new ColdRange(Bound('[', first, 0), Bound('(', first, 1));

    /// <summary>What is left of it after a name.</summary>
    public ColdRange After(byte[] name) => this with { From = [(byte)'(', .. name] };

    private static byte[] Bound(char sign, string first, byte separator) => [(byte)sign, .. Encoding.UTF8.GetBytes(first), separator];
}
