namespace HybridStore.Cli;

/// <summary>What the tool returns to its caller. Part of its interface: docs/cli.md.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It could not be done, or a record is damaged.</summary>
    public const int Failed = 1;

    /// <summary>The arguments or the settings are wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>Records can't be opened with the keys or by the version that are here, and none was found damaged.</summary>
    public const int Locked = 3;

    /// <summary>The doctor has found something that waits for a person.</summary>
    public const int Waits = 4;

    /// <summary>Ctrl+C, or the system asked the tool to end.</summary>
    public const int Cancelled = 130;
}
