using System.Globalization;
using HybridStore.Codec;
using Microsoft.Extensions.Options;

namespace HybridStore.DependencyInjection;

/// <summary>Reads the options that the environment sets (<c>HYBRIDSTORE_*</c>), over configuration and under code.</summary>
internal sealed class EnvironmentOptions(string optionsName, Func<string, string?> read) : IConfigureNamedOptions<HybridAuthStoreOptions>
{
    public const string MasterKey = "HYBRIDSTORE_MASTER_KEY";
    public const string MasterKeyFile = "HYBRIDSTORE_MASTER_KEY_FILE";
    public const string PreviousMasterKeys = "HYBRIDSTORE_PREVIOUS_MASTER_KEYS";
    public const string KeyRing = "HYBRIDSTORE_KEY_RING";
    public const string KeyRingRotates = "HYBRIDSTORE_KEY_RING_ROTATES";
    public const string KeyRingPeriod = "HYBRIDSTORE_KEY_RING_PERIOD";
    public const string KeyRingActivationDelay = "HYBRIDSTORE_KEY_RING_ACTIVATION_DELAY";
    public const string KeyRingRefreshInterval = "HYBRIDSTORE_KEY_RING_REFRESH_INTERVAL";
    public const string DataKeyCacheSessions = "HYBRIDSTORE_DATA_KEY_CACHE_SESSIONS";
    public const string DataKeyCacheDuration = "HYBRIDSTORE_DATA_KEY_CACHE_DURATION";
    public const string Cold = "HYBRIDSTORE_COLD";
    public const string Hot = "HYBRIDSTORE_HOT";
    public const string Cipher = "HYBRIDSTORE_CIPHER";
    public const string CompressionThreshold = "HYBRIDSTORE_COMPRESSION_THRESHOLD";
    public const string MaxStaleness = "HYBRIDSTORE_MAX_STALENESS";
    public const string HotMemoryBytes = "HYBRIDSTORE_HOT_MEMORY_BYTES";
    public const string SessionMemoryBytes = "HYBRIDSTORE_SESSION_MEMORY_BYTES";
    public const string TransactionAttempts = "HYBRIDSTORE_TRANSACTION_ATTEMPTS";
    public const string Lease = "HYBRIDSTORE_LEASE";
    public const string LeaseDuration = "HYBRIDSTORE_LEASE_DURATION";
    public const string LeaseAcquireTimeout = "HYBRIDSTORE_LEASE_ACQUIRE_TIMEOUT";
    public const string LeaseHolder = "HYBRIDSTORE_LEASE_HOLDER";
    public const string Outbox = "HYBRIDSTORE_OUTBOX";
    public const string OutboxMaxEntries = "HYBRIDSTORE_OUTBOX_MAX_ENTRIES";
    public const string OutboxMaxBytes = "HYBRIDSTORE_OUTBOX_MAX_BYTES";
    public const string OutboxMaxTries = "HYBRIDSTORE_OUTBOX_MAX_TRIES";
    public const string OutboxDrainTimeout = "HYBRIDSTORE_OUTBOX_DRAIN_TIMEOUT";
    public const string OutboxReconcileInterval = "HYBRIDSTORE_OUTBOX_RECONCILE_INTERVAL";
    public const string HistoryMaxVersions = "HYBRIDSTORE_HISTORY_MAX_VERSIONS";
    public const string HistoryPeriod = "HYBRIDSTORE_HISTORY_PERIOD";
    public const string KeyBackupsKeptFor = "HYBRIDSTORE_KEY_BACKUPS_KEPT_FOR";
    public const string ColdBackupsKeptFor = "HYBRIDSTORE_COLD_BACKUPS_KEPT_FOR";
    public const string HotDumpsKeptFor = "HYBRIDSTORE_HOT_DUMPS_KEPT_FOR";
    public const string ColdResilience = "HYBRIDSTORE_COLD_";
    public const string HotResilience = "HYBRIDSTORE_HOT_";
    public const string Timeout = "TIMEOUT";
    public const string Breaker = "BREAKER";
    public const string BreakerFailureRatio = "BREAKER_FAILURE_RATIO";
    public const string BreakerSamplingDuration = "BREAKER_SAMPLING_DURATION";
    public const string BreakerMinimumThroughput = "BREAKER_MINIMUM_THROUGHPUT";
    public const string BreakerBreakDuration = "BREAKER_BREAK_DURATION";
    public const string RetryMaxAttempts = "RETRY_MAX_ATTEMPTS";
    public const string RetryBaseDelay = "RETRY_BASE_DELAY";
    public const string RetryMaxDelay = "RETRY_MAX_DELAY";
    public const string RetryDeadline = "RETRY_DEADLINE";
    public const string AuditFile = "HYBRIDSTORE_AUDIT_FILE";
    public const string AuditKey = "HYBRIDSTORE_AUDIT_KEY";
    public const string AuditPreviousHash = "HYBRIDSTORE_AUDIT_PREVIOUS_HASH";
    public const string AuditActor = "HYBRIDSTORE_AUDIT_ACTOR";
    public const string AuditOnFailure = "HYBRIDSTORE_AUDIT_ON_FAILURE";

    public EnvironmentOptions(string optionsName)
        : this(optionsName, Environment.GetEnvironmentVariable)
    {
    }

    public void Configure(HybridAuthStoreOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, HybridAuthStoreOptions options)
    {
        // Each registered store adds its own: one that spoke for all would come after, and so over, what code set for an earlier store.
        if (name != optionsName)
            return;
        Configure(name, options.Encryption);
        if (Value(Cold) is { } cold)
            (options.Cold, options.ColdSource) = (cold, Cold);
        if (Value(Hot) is { } hot)
            (options.Hot, options.HotSource) = (hot, Hot);
        if (Value(LeaseHolder) is { } holder)
            options.Lease.Holder = holder;
        if (Value(Cipher) is { } cipher)
            options.Encryption.Cipher = ParseEnum<EnvelopeCipher>(name, Cipher, cipher);
        if (Value(Lease) is { } lease)
            options.Lease.Mode = ParseEnum<LeaseMode>(name, Lease, lease);
        if (Value(CompressionThreshold) is { } threshold)
        {
            options.Encryption.CompressionThreshold = int.TryParse(threshold, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Malformed(name, CompressionThreshold, "a number of bytes, or -1");
        }

        if (Value(MaxStaleness) is { } staleness)
            options.MaxStaleness = ParseTime(name, MaxStaleness, staleness);
        if (Value(LeaseDuration) is { } duration)
            options.Lease.Duration = ParseTime(name, LeaseDuration, duration);
        if (Value(LeaseAcquireTimeout) is { } timeout)
            options.Lease.AcquireTimeout = ParseTime(name, LeaseAcquireTimeout, timeout);
        if (Value(HotMemoryBytes) is { } hotBytes)
            options.HotMemoryBytes = ParseBytes(name, HotMemoryBytes, hotBytes);
        if (Value(SessionMemoryBytes) is { } sessionBytes)
            options.SessionMemoryBytes = ParseBytes(name, SessionMemoryBytes, sessionBytes);
        if (Value(TransactionAttempts) is { } attempts)
            options.TransactionAttempts = ParseNumber(name, TransactionAttempts, attempts);
        if (Value(HistoryMaxVersions) is { } versions)
            options.History.MaxVersions = ParseNumber(name, HistoryMaxVersions, versions);
        if (Value(HistoryPeriod) is { } period)
            options.History.Period = ParseTime(name, HistoryPeriod, period);
        Configure(name, options.Outbox);
        Configure(name, ColdResilience, options.Resilience.Cold);
        Configure(name, HotResilience, options.Resilience.Hot);
        Configure(name, options.Erasure);
        Configure(name, options.Audit);
    }

    private void Configure(string? name, ErasureOptions erasure)
    {
        if (Value(KeyBackupsKeptFor) is { } keys)
            erasure.KeyBackupsKeptFor = ParseTime(name, KeyBackupsKeptFor, keys);
        if (Value(ColdBackupsKeptFor) is { } cold)
            erasure.ColdBackupsKeptFor = ParseTime(name, ColdBackupsKeptFor, cold);
        if (Value(HotDumpsKeptFor) is { } dumps)
            erasure.HotDumpsKeptFor = ParseTime(name, HotDumpsKeptFor, dumps);
    }

    private void Configure(string? name, string tier, TierResilienceOptions options)
    {
        if (Value(tier + Timeout) is { } timeout)
            options.Timeout = ParseTime(name, tier + Timeout, timeout);
        var breaker = options.Breaker;
        if (Value(tier + Breaker) is { } enabled)
            breaker.Enabled = ParseBool(name, tier + Breaker, enabled);
        if (Value(tier + BreakerFailureRatio) is { } ratio)
        {
            breaker.FailureRatio = double.TryParse(ratio, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw Malformed(name, tier + BreakerFailureRatio, "a number such as 0.5");
        }

        if (Value(tier + BreakerSamplingDuration) is { } sampling)
            breaker.SamplingDuration = ParseTime(name, tier + BreakerSamplingDuration, sampling);
        if (Value(tier + BreakerMinimumThroughput) is { } throughput)
            breaker.MinimumThroughput = ParseNumber(name, tier + BreakerMinimumThroughput, throughput);
        if (Value(tier + BreakerBreakDuration) is { } duration)
            breaker.BreakDuration = ParseTime(name, tier + BreakerBreakDuration, duration);
        var retry = options.Retry;
        if (Value(tier + RetryMaxAttempts) is { } attempts)
            retry.MaxAttempts = ParseNumber(name, tier + RetryMaxAttempts, attempts);
        if (Value(tier + RetryBaseDelay) is { } delay)
            retry.BaseDelay = ParseTime(name, tier + RetryBaseDelay, delay);
        if (Value(tier + RetryMaxDelay) is { } longest)
            retry.MaxDelay = ParseTime(name, tier + RetryMaxDelay, longest);
        if (Value(tier + RetryDeadline) is { } deadline)
            retry.Deadline = ParseTime(name, tier + RetryDeadline, deadline);
    }

    private void Configure(string? name, AuditOptions audit)
    {
        if (Value(AuditFile) is { } file)
            audit.File = file;
        if (Value(AuditKey) is { } key)
            audit.Key = key;
        if (Value(AuditPreviousHash) is { } hash)
            audit.PreviousHash = hash;
        if (Value(AuditActor) is { } actor)
            audit.Actor = actor;
        if (Value(AuditOnFailure) is { } onFailure)
            audit.OnFailure = ParseEnum<AuditFailurePolicy>(name, AuditOnFailure, onFailure);
    }

    private void Configure(string? name, EncryptionOptions encryption)
    {
        // Of the two ways to give the key, the environment's takes the place of the configuration's.
        var (masterKey, file) = (Value(MasterKey), Value(MasterKeyFile));
        if (masterKey is not null || file is not null)
            (encryption.MasterKey, encryption.MasterKeyFile) = (masterKey, file);
        if (Value(PreviousMasterKeys) is { } previous)
        {
            encryption.PreviousMasterKeys.Clear();
            foreach (var key in previous.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                encryption.PreviousMasterKeys.Add(key);
        }

        var ring = encryption.KeyRing;
        if (Value(KeyRing) is { } enabled)
            ring.Enabled = ParseBool(name, KeyRing, enabled);
        if (Value(KeyRingRotates) is { } rotates)
            ring.Rotates = ParseBool(name, KeyRingRotates, rotates);
        if (Value(KeyRingPeriod) is { } period)
            ring.Period = ParseTime(name, KeyRingPeriod, period);
        if (Value(KeyRingActivationDelay) is { } delay)
            ring.ActivationDelay = ParseTime(name, KeyRingActivationDelay, delay);
        if (Value(KeyRingRefreshInterval) is { } interval)
            ring.RefreshInterval = ParseTime(name, KeyRingRefreshInterval, interval);
        if (Value(DataKeyCacheSessions) is { } sessions)
            encryption.DataKeyCacheSessions = ParseNumber(name, DataKeyCacheSessions, sessions);
        if (Value(DataKeyCacheDuration) is { } duration)
            encryption.DataKeyCacheDuration = ParseTime(name, DataKeyCacheDuration, duration);
    }

    private static bool ParseBool(string? name, string variable, string text) => bool.TryParse(text, out var parsed) ? parsed : throw Malformed(name, variable, "true or false");

    private void Configure(string? name, OutboxOptions outbox)
    {
        if (Value(Outbox) is { } enabled)
            outbox.Enabled = ParseBool(name, Outbox, enabled);
        if (Value(OutboxMaxEntries) is { } entries)
            outbox.MaxEntries = ParseNumber(name, OutboxMaxEntries, entries);
        if (Value(OutboxMaxBytes) is { } bytes)
            outbox.MaxBytes = ParseBytes(name, OutboxMaxBytes, bytes);
        if (Value(OutboxMaxTries) is { } tries)
            outbox.MaxTries = ParseNumber(name, OutboxMaxTries, tries);
        if (Value(OutboxDrainTimeout) is { } timeout)
            outbox.DrainTimeout = ParseTime(name, OutboxDrainTimeout, timeout);
        if (Value(OutboxReconcileInterval) is { } interval)
            outbox.ReconcileInterval = ParseTime(name, OutboxReconcileInterval, interval);
    }

    private static T ParseEnum<T>(string? name, string variable, string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
            ? parsed
            : throw Malformed(name, variable, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    private static TimeSpan ParseTime(string? name, string variable, string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : throw Malformed(name, variable, "a time such as 00:00:01");

    private static int ParseNumber(string? name, string variable, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : throw Malformed(name, variable, "a number");

    private static long ParseBytes(string? name, string variable, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : throw Malformed(name, variable, "a number of bytes");

    private string? Value(string variable) => read(variable) is { Length: > 0 } value ? value : null;

    private static OptionsValidationException Malformed(string? name, string variable, string expected) =>
        new(name ?? Options.DefaultName, typeof(HybridAuthStoreOptions), [$"The environment variable {variable} is not {expected}."]);
}
