namespace HybridStore.LoadTest.Targets;

/// <summary>An array that is not there is no value. C# alone makes an empty one of it.</summary>
internal static class Absence
{
    public static ReadOnlyMemory<byte>? OrAbsent(this byte[]? value) => value is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(value);
}
