using System.Text;

namespace HybridStore.Redis.Cold;

/// <summary>Two names as one: their UTF-8 with a zero byte between, which no name contains. The bytes' order is that of the pairs.</summary>
internal static class ColdName
{
    public static byte[] Encode(string first, string second)
    {
        int length = Encoding.UTF8.GetByteCount(first);
        var name = new byte[length + 1 + Encoding.UTF8.GetByteCount(second)];
        Encoding.UTF8.GetBytes(first, name);
        Encoding.UTF8.GetBytes(second, name.AsSpan(length + 1));
        return name;
    }

    public static (string First, string Second) Decode(ReadOnlySpan<byte> name)
    {
        int length = name.IndexOf((byte)0);
        return (Encoding.UTF8.GetString(name[..length]), Encoding.UTF8.GetString(name[(length + 1)..]));
    }

    public static AuthKey DecodeKey(ReadOnlySpan<byte> name)
    {
        var (type, id) = Decode(name);
        return new AuthKey(type, id);
    }
}
