namespace HybridStore;

/// <summary>A backup can't be written or restored. Nothing was changed.</summary>
public sealed class BackupException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="path">The file.</param>
    /// <param name="message">The same for people.</param>
    /// <param name="innerException">What it came from.</param>
    public BackupException(BackupFault fault, string path, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
        Path = path;
    }

    /// <summary>What is wrong.</summary>
    public BackupFault Fault { get; }

    /// <summary>The file.</summary>
    public string Path { get; }
}
