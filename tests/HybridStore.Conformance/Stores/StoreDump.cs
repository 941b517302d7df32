namespace HybridStore.Conformance.Stores;

/// <summary>Some of the bytes that a storage holds.</summary>
/// <param name="Where">Where: a file, a table, a key.</param>
/// <param name="Bytes">The bytes, as they are there.</param>
public readonly record struct StoreDump(string Where, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The files of a folder, as others may have them open.</summary>
    /// <param name="folder">The folder.</param>
    public static async IAsyncEnumerable<StoreDump> OfFilesAsync(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes;
            try
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                bytes = new byte[file.Length];
                await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
            }
            catch (FileNotFoundException)
            {
                // A log that was done with meanwhile.
                continue;
            }

            yield return new StoreDump(Path.GetFileName(path), bytes);
        }
    }
}
