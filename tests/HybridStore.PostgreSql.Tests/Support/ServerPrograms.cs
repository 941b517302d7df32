using System.Diagnostics;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>Where the server's programs are on this machine, and as whom they run: PostgreSQL refuses to be root.</summary>
internal static class ServerPrograms
{
    private static readonly string[] UsualFolders = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt", "/usr"];
    private static readonly string? Folder = FindFolder();

    public static bool AreThere => Folder is not null && (!IsRoot || Unprivileged.Count > 0);

    public static string? PgBouncer { get; } = OnPath("pgbouncer") ?? Existing("/usr/sbin/pgbouncer");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>How to run a program as somebody who is not root, followed by the program; empty where we are not.</summary>
    private static IReadOnlyList<string> Unprivileged { get; } = FindUnprivileged();

    /// <summary>A program that is about to be started in a folder.</summary>
    public static ProcessStartInfo Start(string program, string folder, params IEnumerable<string> arguments)
    {
        IEnumerable<string> line = [.. Unprivileged, Path.IsPathRooted(program) ? program : Path.Combine(Folder!, program), .. arguments];
        return new ProcessStartInfo(line.First(), line.Skip(1)) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
    }

    /// <summary>A folder that such a program may write.</summary>
    public static string CreateFolder(string name)
    {
        var folder = Directory.CreateTempSubdirectory($"hybridstore-{name}-").FullName;
        if (IsRoot)
            Run("chown", "postgres", folder);
        return folder;
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
    }

    public static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("HYBRIDSTORE_POSTGRESQL_BIN") is { Length: > 0 } named)
            return named;
        // A link to it need not have the other programs beside it.
        if (OnPath("initdb") is { } initdb)
            return Path.GetDirectoryName(File.ResolveLinkTarget(initdb, returnFinalTarget: true)?.FullName ?? initdb);

        // Debian and others keep each version's programs in a folder of their own: the newest.
        return UsualFolders.Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateDirectories(folder))
            .Select(static folder => Path.Combine(folder, "bin"))
            .Where(static folder => File.Exists(Path.Combine(folder, "initdb")))
            .OrderByDescending(static folder => folder.Length).ThenByDescending(static folder => folder, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static IReadOnlyList<string> FindUnprivileged()
    {
        if (!IsRoot)
            return [];
        var known = File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal));
        if (known && OnPath("setpriv") is { } setpriv)
            return [setpriv, "--reuid=postgres", "--regid=postgres", "--clear-groups"];
        return known && OnPath("runuser") is { } runuser ? [runuser, "-u", "postgres", "--"] : [];
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
