using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HybridStore.Sessions;

/// <summary>Who holds a lease: a process life, written so that operators can read it and so that, on the same machine, others can tell whether it has ended.</summary>
/// <remarks>
/// <c>name/pid@scope-start-nonce</c>. The scope is what makes a process id mean the same process: on Linux the machine's boot and the process namespace
/// (proc(5), namespaces(7)), elsewhere the machine. Without this a bot that was killed and restarted would wait for its own former lease to run out.
/// </remarks>
internal sealed class ProcessIdentity
{
    private const string Unknown = "?";

    private ProcessIdentity(string text, string scope, int processId, string start)
    {
        Text = text;
        Scope = scope;
        ProcessId = processId;
        Start = start;
    }

    public string Text { get; }

    private string Scope { get; }

    private int ProcessId { get; }

    private string Start { get; }

    /// <summary>The identity of a store in this process.</summary>
    /// <param name="name">What operators call it; <see langword="null"/>: the machine's name.</param>
    public static ProcessIdentity OfThisProcess(string? name)
    {
        var scope = ScopeOfThisProcess();
        var start = StartOf(Environment.ProcessId) ?? Unknown;
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        return new ProcessIdentity(
            string.Create(CultureInfo.InvariantCulture, $"{name ?? Environment.MachineName}/{Environment.ProcessId}@{scope}-{start}-{nonce}"),
            scope, Environment.ProcessId, start);
    }

    /// <summary>Whether a holder is a process of this machine that has certainly ended. <see langword="false"/> also where that can't be known.</summary>
    public bool KnowsToBeDead(string holder)
    {
        if (Parse(holder) is not { } other || other.Scope != Scope || Scope.Length == 0)
            return false;
        var start = other.ProcessId == ProcessId ? Start : StartOf(other.ProcessId);
        return start is null || (start != Unknown && other.Start != Unknown && start != other.Start);
    }

    private static ProcessIdentity? Parse(string text)
    {
        var at = text.LastIndexOf('@');
        var slash = at < 0 ? -1 : text.LastIndexOf('/', at);
        if (slash < 0 || !int.TryParse(text.AsSpan(slash + 1, at - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
            return null;
        var parts = text[(at + 1)..].Split('-');
        return parts.Length == 3 ? new ProcessIdentity(text, parts[0], processId, parts[1]) : null;
    }

    private static string ScopeOfThisProcess()
    {
        try
        {
            var scope = OperatingSystem.IsLinux()
                ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + new FileInfo("/proc/self/ns/pid").LinkTarget
                : Environment.MachineName;
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scope)).AsSpan(0, 6));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>When a process started, in a form that is the same for whoever asks; <see langword="null"/>: there is no such process.</summary>
    private static string? StartOf(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The 22nd field, counted after the name, which is in brackets and may contain anything. Process.StartTime would be a guess from the wall clock.
                var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : fields[19];
            }

            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            // Where a mount hides other users' processes (hidepid, proc(5)), it hides the first one too: then nobody's absence says anything.
            return OperatingSystem.IsLinux() && !File.Exists("/proc/1/stat") ? Unknown : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // There, or gone this moment: not known to be dead.
            return Unknown;
        }
    }
}
