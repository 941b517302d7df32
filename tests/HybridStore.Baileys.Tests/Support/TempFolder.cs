using System.Text;

namespace HybridStore.Baileys.Tests;

/// <summary>A folder of a test's own, removed after it.</summary>
internal sealed class TempFolder : IDisposable
{
    /// <summary>The least that is an auth state.</summary>
    public const string Creds = """{"noiseKey":{},"signedIdentityKey":{},"registrationId":42}""";

    public string Path { get; } = Directory.CreateTempSubdirectory("hybridstore-baileys-").FullName;

    public static TempFolder WithCreds()
    {
        var folder = new TempFolder();
        folder.Write("creds.json", Creds);
        return folder;
    }

    public string this[string name] => System.IO.Path.Join(Path, name);

    public TempFolder Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public TempFolder Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
