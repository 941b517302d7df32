using HybridStore.Audit;

namespace HybridStore;

/// <summary>Whether, and where, it is recorded who opened, exported, deleted and so on. Off by default. docs/audit.md tells what is recorded and what is not.</summary>
public sealed class AuditOptions
{
    internal const int LongestActor = 200;

    private IAuditTrail? _trail;

    /// <summary>The file to record in. Several processes of one machine may share it; it is made where it is not there, in a folder that is.</summary>
    /// <value>None by default: nothing is recorded. Environment: <c>HYBRIDSTORE_AUDIT_FILE</c>.</value>
    public string? File { get; set; }

    /// <summary>
    /// A key that the lines of the file are bound with, 32 bytes in base64 or hex: who has the file but not the key can't rewrite it unseen. Not the master key. Every process that shares the file has the same.
    /// </summary>
    /// <value>None by default: lines are bound by their hashes alone, which shows a change to whoever knows a later hash. Environment: <c>HYBRIDSTORE_AUDIT_KEY</c>.</value>
    public string? Key { get; set; }

    /// <summary>What the first line of a new file continues: the hash of the last line of the file before it, as <c>hybridstore audit verify</c> shows it. It counts only where the file is not there, or empty.</summary>
    /// <value>None by default. Environment: <c>HYBRIDSTORE_AUDIT_PREVIOUS_HASH</c>.</value>
    public string? PreviousHash { get; set; }

    /// <summary>Who acts, as it is recorded.</summary>
    /// <value><c>user@machine</c> by default; 1 to 200 characters. Environment: <c>HYBRIDSTORE_AUDIT_ACTOR</c>.</value>
    public string? Actor { get; set; }

    /// <summary>What becomes of an action that can't be recorded.</summary>
    /// <value><see cref="AuditFailurePolicy.Refuse"/> by default. Environment: <c>HYBRIDSTORE_AUDIT_ON_FAILURE</c>.</value>
    public AuditFailurePolicy OnFailure { get; set; }

    /// <summary>Records elsewhere than in a file, whatever <see cref="File"/> says.</summary>
    /// <param name="trail">Where. The store does not dispose of it.</param>
    /// <returns>These options.</returns>
    public AuditOptions UseTrail(IAuditTrail trail)
    {
        ArgumentNullException.ThrowIfNull(trail);
        _trail = trail;
        return this;
    }

    // A method, since a binder would take a property for a setting.
    internal IAuditTrail? GetTrail() => _trail;

    internal IEnumerable<string> Faults()
    {
        if (!Enum.IsDefined(OnFailure))
            yield return $"Audit.OnFailure is {(int)OnFailure}; choose one of {string.Join(", ", Enum.GetNames<AuditFailurePolicy>())}.";
        if (Actor is { Length: 0 or > LongestActor })
            yield return $"Audit.Actor has {Actor.Length} characters; choose from 1 to {LongestActor}, or leave it out.";
        if (File is { } file && string.IsNullOrWhiteSpace(file))
            yield return "Audit.File is empty; name a file, or leave it out.";
        if (Key is not null)
        {
            if (AuditChain.FaultOf(Key) is { } fault)
                yield return fault;
            if (File is null && _trail is null)
                yield return "Audit.Key is given, but no Audit.File: name the file, or leave the key out.";
        }

        if (PreviousHash is { } hash && !AuditLine.IsHash(hash))
            yield return $"Audit.PreviousHash is not the hash of a line: {AuditLine.HashDigits} digits, as `hybridstore audit verify` shows it.";
    }
}
