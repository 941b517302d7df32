using HybridStore.DependencyInjection;

namespace HybridStore.Cli;

/// <summary>Sees to it that a command that only looks, or deletes, never leaves a new and empty database behind.</summary>
internal sealed class ColdDatabase(StoreUse use) : IDisposable
{
    private const string Sqlite = "sqlite";

    private string? _scratch;

    /// <summary>Says what is wrong with a choice, if something is.</summary>
    /// <param name="cold">The store, as <c>scheme:rest</c>. It may hold a password and is never shown.</param>
    /// <param name="source">Where it was chosen.</param>
    public static string? FaultOf(string cold, string source)
    {
        if (!ColdTierUri.TryParse(cold, out var uri))
            return $"{source} is not of the form scheme:rest, such as {Sqlite}:hybridstore.db.";
        return ColdSchemes.FaultOf(uri.Scheme, source);
    }

    /// <summary>Decides what to open.</summary>
    /// <param name="choice">What was chosen.</param>
    /// <returns>What to open.</returns>
    public string Choose(TierChoice choice)
    {
        var cold = choice.Uri!;
        if (FaultOf(cold, choice.Source) is { } fault)
            throw new UsageException(fault);

        // A server is there or not; there is nothing to create.
        if (!ColdTierUri.TryParse(cold, out var uri) || uri.Scheme != Sqlite)
            return cold;
        var path = Path.GetFullPath(uri.Rest);

        // What else is wrong with the path, a folder for example, the tier says best.
        if (use == StoreUse.CreateIfMissing || Path.Exists(path))
            return cold;
        if (use == StoreUse.Existing || !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new StoreUnusableException(
                Sqlite,
                StoreUnusableReason.NotFound,
                $"There is no database {path}. Choose one with --cold or {EnvironmentNames.Cold}; only an import creates it, in a folder that exists.");
        }

        _scratch = Directory.CreateTempSubdirectory("hybridstore-").FullName;
        return $"{Sqlite}:{Path.Join(_scratch, "empty.db")}";
    }

    public void Dispose()
    {
        if (_scratch is not null)
            Directory.Delete(_scratch, recursive: true);
    }
}
