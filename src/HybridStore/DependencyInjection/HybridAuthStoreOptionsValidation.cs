using HybridStore.Codec;
using HybridStore.Keys;
using HybridStore.Resilience;
using Microsoft.Extensions.Options;

namespace HybridStore.DependencyInjection;

/// <summary>Says of every option that is out of its range what to do. One rule book for hosts, which validate at start, and for <c>new HybridAuthStore(...)</c>.</summary>
internal sealed class HybridAuthStoreOptionsValidation : IValidateOptions<HybridAuthStoreOptions>
{
    public const long SmallestMemory = 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, HybridAuthStoreOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static IEnumerable<string> Faults(HybridAuthStoreOptions options)
    {
        if (MasterKeyFaultOf(options) is { } masterKey)
            yield return masterKey;
        if (!Enum.IsDefined(options.Encryption.Cipher) && options.Encryption.Ciphers.Find(options.Encryption.Cipher) is null)
            yield return $"Encryption.Cipher is {(int)options.Encryption.Cipher}; choose one of {string.Join(", ", Enum.GetNames<EnvelopeCipher>())}, or add it.";
        if (options.Encryption.CompressionThreshold is < -1 or > AuthLimits.MaxValueBytes)
        {
            yield return $"Encryption.CompressionThreshold is {options.Encryption.CompressionThreshold}; "
                + $"choose a number of bytes from 0 to {AuthLimits.MaxValueBytes}, or -1 to never compress.";
        }

        if (options.MaxStaleness < TimeSpan.Zero || options.MaxStaleness > HybridAuthStoreOptions.LongestMaxStaleness)
            yield return $"MaxStaleness is {options.MaxStaleness}; choose from 00:00:00 to {HybridAuthStoreOptions.LongestMaxStaleness}.";
        if (options.HotMemoryBytes < SmallestMemory)
            yield return $"HotMemoryBytes is {options.HotMemoryBytes}; choose at least {SmallestMemory}.";
        if (options.SessionMemoryBytes < SmallestMemory)
            yield return $"SessionMemoryBytes is {options.SessionMemoryBytes}; choose at least {SmallestMemory}.";
        if (options.TransactionAttempts is < 1 or > HybridAuthStoreOptions.MostTransactionAttempts)
            yield return $"TransactionAttempts is {options.TransactionAttempts}; choose from 1 to {HybridAuthStoreOptions.MostTransactionAttempts}.";
        foreach (var fault in KeyFaults(options.Encryption).Concat(LeaseFaults(options.Lease)).Concat(OutboxFaults(options.Outbox))
            .Concat(ResilienceFaults.Of(options.Resilience)).Concat(TenantLimitFaults.Of(options.TenantLimits)))
        {
            yield return fault;
        }

        if (options.History.MaxVersions is < 1 or > HistoryOptions.MostVersions)
            yield return $"History.MaxVersions is {options.History.MaxVersions}; choose from 1 to {HistoryOptions.MostVersions}, or leave it out.";
        if (options.History.Period is { } period && (period < HistoryOptions.ShortestPeriod || period > HistoryOptions.LongestPeriod))
            yield return $"History.Period is {period}; choose from {HistoryOptions.ShortestPeriod} to {HistoryOptions.LongestPeriod}, or leave it out.";
        foreach (var (name, kept) in new[]
        {
            (nameof(ErasureOptions.KeyBackupsKeptFor), options.Erasure.KeyBackupsKeptFor),
            (nameof(ErasureOptions.ColdBackupsKeptFor), options.Erasure.ColdBackupsKeptFor),
            (nameof(ErasureOptions.HotDumpsKeptFor), options.Erasure.HotDumpsKeptFor),
        })
        {
            if (kept < TimeSpan.Zero || kept > ErasureOptions.LongestKept)
                yield return $"Erasure.{name} is {kept}; choose from 00:00:00 to {ErasureOptions.LongestKept}, or leave it out.";
        }

        foreach (var fault in options.Audit.Faults())
            yield return fault;
        if (options.Credentials.PairedField is null || options.Credentials.IdentityFields is null)
            yield return "Credentials.PairedField or Credentials.IdentityFields is null; choose empty to guard nothing.";
        if (!ColdTierUri.TryParse(options.Cold, out _))
            yield return "Cold is not of the form scheme:rest; choose, for example, sqlite:hybridstore.db.";
        if (options.Hot is not null && !HotTierUri.TryParse(options.Hot, out _))
            yield return "Hot is not of the form scheme:rest; choose, for example, redis:localhost:6379, or memory, or none.";
    }

    private static IEnumerable<string> KeyFaults(EncryptionOptions encryption)
    {
        var ring = encryption.KeyRing;
        if (ring.Period < KeyRingOptions.ShortestPeriod || ring.Period > KeyRingOptions.LongestPeriod)
            yield return $"Encryption.KeyRing.Period is {ring.Period}; choose from {KeyRingOptions.ShortestPeriod} to {KeyRingOptions.LongestPeriod}.";
        if (ring.RefreshInterval < KeyRingOptions.ShortestRefreshInterval || ring.RefreshInterval > KeyRingOptions.LongestRefreshInterval)
            yield return $"Encryption.KeyRing.RefreshInterval is {ring.RefreshInterval}; choose from {KeyRingOptions.ShortestRefreshInterval} to {KeyRingOptions.LongestRefreshInterval}.";
        if (ring.ActivationDelay < 2 * ring.RefreshInterval || ring.ActivationDelay > ring.Period / 2)
            yield return $"Encryption.KeyRing.ActivationDelay is {ring.ActivationDelay}; choose from twice RefreshInterval, {2 * ring.RefreshInterval}, to half of Period, {ring.Period / 2}.";
        if (encryption.DataKeyCacheSessions < EncryptionOptions.LeastCachedSessions)
            yield return $"Encryption.DataKeyCacheSessions is {encryption.DataKeyCacheSessions}; choose at least {EncryptionOptions.LeastCachedSessions}.";
        if (encryption.DataKeyCacheDuration < EncryptionOptions.ShortestCacheDuration || encryption.DataKeyCacheDuration > EncryptionOptions.LongestCacheDuration)
            yield return $"Encryption.DataKeyCacheDuration is {encryption.DataKeyCacheDuration}; choose from {EncryptionOptions.ShortestCacheDuration} to {EncryptionOptions.LongestCacheDuration}.";
        if (encryption.MaxSealsPerDataKey < EncryptionOptions.LeastSeals)
            yield return $"Encryption.MaxSealsPerDataKey is {encryption.MaxSealsPerDataKey}; choose at least {EncryptionOptions.LeastSeals}, or leave it out.";
    }

    private static IEnumerable<string> LeaseFaults(LeaseOptions lease)
    {
        if (!Enum.IsDefined(lease.Mode))
            yield return $"Lease.Mode is {(int)lease.Mode}; choose one of {string.Join(", ", Enum.GetNames<LeaseMode>())}.";
        if (lease.Duration < LeaseOptions.ShortestDuration || lease.Duration > LeaseOptions.LongestDuration)
            yield return $"Lease.Duration is {lease.Duration}; choose from {LeaseOptions.ShortestDuration} to {LeaseOptions.LongestDuration}.";
        if (lease.AcquireTimeout < TimeSpan.Zero || lease.AcquireTimeout > LeaseOptions.LongestAcquireTimeout)
            yield return $"Lease.AcquireTimeout is {lease.AcquireTimeout}; choose from 00:00:00 to {LeaseOptions.LongestAcquireTimeout}.";
        if (lease.Holder is { Length: 0 or > LeaseOptions.LongestHolder })
            yield return $"Lease.Holder has {lease.Holder.Length} characters; choose 1 to {LeaseOptions.LongestHolder}, or leave it out for the machine's name.";
    }

    private static IEnumerable<string> OutboxFaults(OutboxOptions outbox)
    {
        if (outbox.MaxEntries is < 1 or > OutboxOptions.MostEntries)
            yield return $"Outbox.MaxEntries is {outbox.MaxEntries}; choose from 1 to {OutboxOptions.MostEntries}.";
        if (outbox.MaxBytes < OutboxOptions.LeastBytes)
            yield return $"Outbox.MaxBytes is {outbox.MaxBytes}; choose at least {OutboxOptions.LeastBytes}.";
        if (outbox.MaxTries is < 1 or > OutboxOptions.MostTries)
            yield return $"Outbox.MaxTries is {outbox.MaxTries}; choose from 1 to {OutboxOptions.MostTries}.";
        if (outbox.DrainTimeout < TimeSpan.Zero || outbox.DrainTimeout > OutboxOptions.LongestTimeout)
            yield return $"Outbox.DrainTimeout is {outbox.DrainTimeout}; choose from 00:00:00 to {OutboxOptions.LongestTimeout}.";
        if (outbox.ReconcileInterval != Timeout.InfiniteTimeSpan
            && (outbox.ReconcileInterval < OutboxOptions.ShortestReconcileInterval || outbox.ReconcileInterval > OutboxOptions.LongestTimeout))
        {
            yield return $"Outbox.ReconcileInterval is {outbox.ReconcileInterval}; choose from {OutboxOptions.ShortestReconcileInterval} to {OutboxOptions.LongestTimeout}, "
                + "or -00:00:00.0010000 for never.";
        }

        foreach (var (type, durability) in outbox.Durability)
        {
            if (type.Length == 0)
                yield return $"Outbox.Durability names an empty type; name one, such as {AuthKeyTypes.SenderKey}.";
            if (!Enum.IsDefined(durability))
                yield return $"Outbox.Durability of {type} is {(int)durability}; choose one of {string.Join(", ", Enum.GetNames<Durability>())}.";
        }
    }

    private static string? MasterKeyFaultOf(HybridAuthStoreOptions options)
    {
        try
        {
            foreach (var key in MasterKeySource.Load(options.Encryption))
                key.Dispose();
            return null;
        }
        catch (MasterKeyException e)
        {
            return options.Encryption.MasterKeyFile is null
                ? $"Encryption.MasterKey ({EnvironmentOptions.MasterKey} in the environment): {e.Message}"
                : $"Encryption.MasterKeyFile ({EnvironmentOptions.MasterKeyFile} in the environment): {e.Message}";
        }
    }
}
