using System.Security.Cryptography;
using System.Text;
using HybridStore.Codec;
using HybridStore.DependencyInjection;

namespace HybridStore.Keys;

/// <summary>Reads the master keys that are configured: in a setting, or in a file that only its owner can read.</summary>
internal static class MasterKeySource
{
    private const int MaxFileBytes = 16 * 1024;
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The configured keys: the first is active, the others only open. None where a provider has them and nothing is configured.</summary>
    /// <exception cref="MasterKeyException">There is none, or one is malformed, or the file can't be used.</exception>
    public static IReadOnlyList<MasterKey> Load(EncryptionOptions options)
    {
        var keys = new List<MasterKey>();
        try
        {
            if (options.MasterKeyFile is { Length: > 0 } path)
            {
                if (!string.IsNullOrWhiteSpace(options.MasterKey))
                {
                    throw new MasterKeyException(
                        MasterKeyFault.Malformed, $"Both a master key and a file of it ({EnvironmentOptions.MasterKeyFile}) are given. Leave one out.");
                }

                ReadFile(path, keys);
            }
            else if (options.GetProvider() is null || !string.IsNullOrWhiteSpace(options.MasterKey))
            {
                keys.Add(MasterKey.Parse(options.MasterKey));
            }

            foreach (var previous in options.PreviousMasterKeys)
                keys.Add(MasterKey.Parse(previous));
            return keys;
        }
        catch
        {
            keys.ForEach(static key => key.Dispose());
            throw;
        }
    }

    private static void ReadFile(string path, List<MasterKey> keys)
    {
        var bytes = GC.AllocateArray<byte>(MaxFileBytes + 1, pinned: true);
        var text = GC.AllocateArray<char>(MaxFileBytes + 1, pinned: true);
        try
        {
            var length = ReadBytes(path, bytes);
            if (length > MaxFileBytes)
                throw new MasterKeyException(MasterKeyFault.Malformed, $"The file of the master key, {path}, is larger than {MaxFileBytes} bytes: it is something else. {MasterKey.HowToMakeOne}");
            var lines = text.AsSpan(0, Encoding.Latin1.GetChars(bytes, 0, length, text, 0));
            foreach (var range in lines.Split('\n'))
            {
                var line = lines[range].Trim();
                if (!line.IsEmpty && line[0] != '#')
                    keys.Add(MasterKey.Parse(line));
            }

            if (keys.Count == 0)
                throw new MasterKeyException(MasterKeyFault.Missing, $"The file of the master key, {path}, has no key in it. {MasterKey.HowToMakeOne}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            text.AsSpan().Clear();
        }
    }

    private static int ReadBytes(string path, byte[] bytes)
    {
        try
        {
            // No buffer besides ours: it would not be cleared.
            using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & OfOthers) != 0)
            {
                throw new MasterKeyException(
                    MasterKeyFault.FileNotPrivate, $"The file of the master key, {path}, can be read or written by others than its owner. Take their rights away: chmod 600, and make a new key if somebody may have read it.");
            }

            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new MasterKeyException(MasterKeyFault.FileUnreadable, $"The file of the master key, {path}, can't be read: {e.Message}", e);
        }
    }
}
