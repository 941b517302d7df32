namespace HybridStore.Baileys.Tests;

/// <summary>The auth state in samples/, which the real library wrote.</summary>
internal static class SampleState
{
    public const int Records = 175;

    public static string Folder { get; } = Path.Join(FindRoot(), "samples", "WhatsAppBot", "auth_info");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(folder, "HybridStore.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No folder above the tests has HybridStore.sln.");
        return folder;
    }
}
