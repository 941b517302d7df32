namespace HybridStore.Cli;

/// <summary>The environment variables that the tool knows; the store itself reads more.</summary>
internal static class EnvironmentNames
{
    public const string MasterKey = "HYBRIDSTORE_MASTER_KEY";
    public const string MasterKeyFile = "HYBRIDSTORE_MASTER_KEY_FILE";
    public const string PreviousMasterKeys = "HYBRIDSTORE_PREVIOUS_MASTER_KEYS";
    public const string KeyRing = "HYBRIDSTORE_KEY_RING";
    public const string AuditFile = "HYBRIDSTORE_AUDIT_FILE";
    public const string AuditKey = "HYBRIDSTORE_AUDIT_KEY";
    public const string Cold = "HYBRIDSTORE_COLD";
    public const string Hot = "HYBRIDSTORE_HOT";
    public const string ImportRedis = "HYBRIDSTORE_IMPORT_REDIS";
    public const string Debug = "HYBRIDSTORE_DEBUG";
    public const string NoColor = "NO_COLOR";
}
