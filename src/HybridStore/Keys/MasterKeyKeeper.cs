using System.Security.Cryptography;
using HybridStore.Audit;
using HybridStore.Codec;
using HybridStore.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Keys;

/// <summary>
/// What this process knows of the master keys: the configured ones, and those of the ring. Whoever meets a key that is not known here has the ring read again, once for all who wait, and not more often than
/// every few seconds. The ring is changed by compare-and-set on its version: of many processes that make the next key at once, one does, and the others take it over.
/// </summary>
internal sealed class MasterKeyKeeper : IDisposable
{
    // Of a damaged wrapped key, every read would ask cold and provider otherwise.
    private static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);
    private const int Attempts = 16;

    private readonly IReadOnlyList<MasterKey> _configured;
    private readonly IMasterKeyProvider? _provider;
    private readonly LocalMasterKeyProvider? _local;
    private readonly KeyRingOptions _options;
    private readonly IColdKeys? _cold;
    private readonly string _coldName;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private Task? _refreshing;
    private MasterKeySet? _current;
    private KeyRing? _ring;
    private long _dueAt;
    private bool _refreshedForUnknown;
    private long _unknownAt;

    /// <exception cref="MasterKeyException">A configured key is missing or malformed, or the cold tier keeps no ring though one is asked for.</exception>
    public MasterKeyKeeper(EncryptionOptions options, IColdTier cold, TimeProvider time, ILogger logger)
    {
        _configured = MasterKeySource.Load(options);
        _options = options.KeyRing;
        (_cold, _coldName, _time, _logger) = (cold.Keys, cold.Name, time, logger);
        if (!options.HasRing())
        {
            _current = new MasterKeySet(_configured[0], _configured.Skip(1));
            return;
        }

        if (_cold is null)
            throw new MasterKeyException(MasterKeyFault.NoRing, $"The cold tier {cold.Name} keeps no key ring. Leave Encryption:KeyRing out, or choose another cold tier.");
        _provider = options.GetProvider() ?? (_local = new LocalMasterKeyProvider(_configured));
    }

    /// <summary>Where it is recorded that keys are made.</summary>
    public AuditRecorder? Audit { get; set; }

    /// <summary>Whether keys come from a ring.</summary>
    public bool HasRing => _provider is not null;

    /// <summary>The keys as they are known here.</summary>
    public MasterKeySet Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("The key ring was not read yet.");

    public KeyRing Ring => Volatile.Read(ref _ring) ?? KeyRing.Empty;

    public IReadOnlyList<MasterKey> Configured => _configured;

    /// <summary>Makes sure that the ring was read. Where that was too long ago, it is read again, and nobody waits for that: what is known is good until then.</summary>
    /// <exception cref="StoreUnavailableException">It was never read, and can't be now.</exception>
    public ValueTask EnsureReadAsync(CancellationToken cancellationToken)
    {
        if (!HasRing)
            return ValueTask.CompletedTask;
        if (Volatile.Read(ref _current) is null)
            return new ValueTask(RefreshAsync(cancellationToken));
        if (_time.GetTimestamp() >= Volatile.Read(ref _dueAt))
            _ = RefreshAsync(CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    /// <summary>Looks for a key that is not known here: the ring is read again, if that was not just done for such a key.</summary>
    public async ValueTask LookForAsync(ulong fingerprint, CancellationToken cancellationToken)
    {
        if (!HasRing || Current.Knows(fingerprint))
            return;
        Task refreshing;
        lock (_sync)
        {
            if (_refreshing is null && _refreshedForUnknown && _time.GetElapsedTime(_unknownAt) < UnknownKeyInterval)
                return;
            refreshing = _refreshing ?? Begin();
            _refreshedForUnknown = true;
            _unknownAt = _time.GetTimestamp();
        }

        await refreshing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the ring again.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_sync)
            return (_refreshing ?? Begin()).WaitAsync(cancellationToken);
    }

    /// <summary>Reads the ring as it is, for who wants to know: what can't be read is an error here.</summary>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken) =>
        await TakeAsync((await ReadAsync(cancellationToken).ConfigureAwait(false)).Ring, cancellationToken).ConfigureAwait(false);

    /// <summary>Adds a key to the ring.</summary>
    /// <param name="activatesAt">Given the ring and the time, when the key is to become active; <see langword="null"/>: no key is to be made.</param>
    /// <param name="byItself">Whether nobody has asked for it.</param>
    /// <param name="cancellationToken">Ends it between two attempts.</param>
    /// <returns>The key; <see langword="null"/>: none was to be made.</returns>
    public async ValueTask<KeyRingEntry?> AddAsync(Func<KeyRing, DateTimeOffset, DateTimeOffset?> activatesAt, bool byItself, CancellationToken cancellationToken)
    {
        KeyRingEntry? made = null;
        MasterKey? key = null;
        AuditEvent? begun = null;
        try
        {
            await ChangeAsync(
                async ring =>
                {
                    var now = _time.GetUtcNow();
                    if (activatesAt(ring, now) is not { } at)
                    {
                        made = null;
                        return ring;
                    }

                    key ??= MasterKey.Generate();
                    made = new KeyRingEntry(key.Fingerprint, now, at, at + _options.Period, _provider!.Name, made?.Wrapped ?? await WrapAsync(key, cancellationToken).ConfigureAwait(false));
                    if (begun is null && Audit?.About(AuditKind.MasterKeyMade) is { } about)
                    {
                        about = about with { Key = MasterKey.Describe(made.Fingerprint), Detail = byItself ? "byItself" : null };
                        await Audit.BeginAsync(about, cancellationToken).ConfigureAwait(false);
                        begun = about;
                    }

                    return ring.With(made);
                },
                cancellationToken).ConfigureAwait(false);
            if (made is not null)
                Log.MasterKeyMade(_logger, MasterKey.Describe(made.Fingerprint), made.ActivatesAt);
            if (begun is not null)
                await Audit!.EndAsync(made is null ? begun with { Detail = "overtaken" } : begun, made is null ? AuditOutcome.Failed : AuditOutcome.Done).ConfigureAwait(false);
            return made;
        }
        catch (Exception e) when (begun is not null)
        {
            await Audit!.FailAsync(begun, e).ConfigureAwait(false);
            throw;
        }
        finally
        {
            key?.Dispose();
        }
    }

    /// <summary>Changes the ring: the change is made anew where somebody else has changed it meanwhile. The same ring changes nothing.</summary>
    public async ValueTask<KeyRing> ChangeAsync(Func<KeyRing, ValueTask<KeyRing>> change, CancellationToken cancellationToken)
    {
        if (_cold is null || !HasRing)
            throw new MasterKeyException(MasterKeyFault.NoRing, "There is no key ring: Encryption:KeyRing:Enabled is false. The configured master key is replaced in the configuration.");
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (version, ring) = await ReadAsync(cancellationToken).ConfigureAwait(false);
            var changed = await change(ring).ConfigureAwait(false);
            if (changed == ring || await _cold.WriteRingAsync(version, changed.Write(), cancellationToken).ConfigureAwait(false))
            {
                await TakeAsync(changed, CancellationToken.None).ConfigureAwait(false);
                return changed;
            }
        }

        throw new StoreUnavailableException(_coldName, $"The key ring was changed {Attempts} times by others while it was changed here. Nothing was changed; try again.");
    }

    /// <summary>Has the provider wrap all keys of the ring again that this process has: under its key of now.</summary>
    public async ValueTask RewrapRingAsync(CancellationToken cancellationToken) =>
        _ = await ChangeAsync(
            async ring =>
            {
                await TakeAsync(ring, cancellationToken).ConfigureAwait(false);
                var keys = ring.Entries.Select(e => (Entry: e, Key: Current.Find(e.Fingerprint))).Where(static k => k.Key is not null).ToArray();
                var wrapped = await WrapAsync([.. keys.Select(static k => k.Key!)], cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < keys.Length; i++)
                    ring = ring.Replace(keys[i].Entry, keys[i].Entry with { Provider = _provider!.Name, Wrapped = wrapped[i] });
                return ring;
            },
            cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
        foreach (var key in _configured)
            key.Dispose();
        foreach (var key in Volatile.Read(ref _current)?.All ?? [])
            key.Dispose();
        _local?.Dispose();
    }

    private Task Begin()
    {
        // Not the caller's token: others wait for the same answer.
        var refreshing = _refreshing = Task.Run(() => RefreshOnceAsync());
        _ = refreshing.ContinueWith(
            done =>
            {
                _ = done.Exception;
                lock (_sync)
                {
                    if (_refreshing == refreshing)
                        _refreshing = null;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return refreshing;
    }

    private async Task RefreshOnceAsync()
    {
        try
        {
            var (_, ring) = await ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (_options.Rotates && ring.NextActivationAt(_time.GetUtcNow(), _options) is not null)
            {
                try
                {
                    await AddAsync((found, now) => found.NextActivationAt(now, _options), byItself: true, CancellationToken.None).ConfigureAwait(false);
                    return;
                }
                catch (AuditTrailException e) when (Volatile.Read(ref _current) is not null)
                {
                    // It is made later; what others have changed in the ring counts all the same.
                    Log.KeyRingNotRefreshed(_logger, e);
                }
            }

            await TakeAsync(ring, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or MasterKeyException && Volatile.Read(ref _current) is not null)
        {
            // What was read before goes on: a provider that is down must not take the bots with it. It is asked again when the next session is opened.
            DueIn(RetryInterval);
            Log.KeyRingNotRefreshed(_logger, e);
        }
    }

    private void DueIn(TimeSpan interval) => Volatile.Write(ref _dueAt, _time.GetTimestamp() + (long)(interval.TotalSeconds * _time.TimestampFrequency));

    private async ValueTask<(long Version, KeyRing Ring)> ReadAsync(CancellationToken cancellationToken)
    {
        var (version, content) = await _cold!.ReadRingAsync(cancellationToken).ConfigureAwait(false);
        return (version, version == 0 ? KeyRing.Empty : KeyRing.Parse(content));
    }

    /// <summary>Takes a ring over: the keys that are not open yet are opened in one call of the provider.</summary>
    private async ValueTask TakeAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _current);
        var missing = ring.Entries.Where(e => known?.Find(e.Fingerprint) is null).ToArray();
        var opened = missing.Length == 0 ? [] : await UnwrapAsync(missing, cancellationToken).ConfigureAwait(false);
        var keys = ring.Entries.Select(e => known?.Find(e.Fingerprint) ?? opened.GetValueOrDefault(e.Fingerprint)).OfType<MasterKey>().ToList();
        if (ring.ActiveAt(_time.GetUtcNow()) is not { } active)
        {
            throw new MasterKeyException(
                MasterKeyFault.NotInRing, "The key ring has no key that is not revoked, and this process is not to make one (Encryption:KeyRing:Rotates). Make one: hybridstore keys rotate.");
        }

        if (keys.Find(k => k.Fingerprint == active.Fingerprint) is not { } wrapping)
        {
            throw new StoreUnavailableException(
                _provider!.Name, $"The provider {_provider.Name} does not open the active master key {MasterKey.Describe(active.Fingerprint)}, which {active.Provider} wrapped. Configure the one that wrapped it.");
        }

        Volatile.Write(ref _current, new MasterKeySet(wrapping, [.. keys, .. _configured], ring.Entries.Where(static e => e.RevokedAt is not null).Select(static e => e.Fingerprint)));
        Volatile.Write(ref _ring, ring);
        DueIn(_options.RefreshInterval);
    }

    private async ValueTask<Dictionary<ulong, MasterKey>> UnwrapAsync(KeyRingEntry[] entries, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<ulong, MasterKey>();
        var opened = await AskAsync(provider => provider.UnwrapAsync([.. entries.Select(static e => e.Wrapped)], cancellationToken), entries.Length).ConfigureAwait(false);
        for (var i = 0; i < entries.Length; i++)
        {
            if (opened[i] is not { } bytes)
            {
                Log.MasterKeyNotOpened(_logger, MasterKey.Describe(entries[i].Fingerprint), entries[i].Provider);
                continue;
            }

            try
            {
                // The id follows from the key: nobody can put another key in its place.
                var key = MasterKey.FromBytes(bytes);
                if (key.Fingerprint == entries[i].Fingerprint)
                    keys[key.Fingerprint] = key;
                else
                    Log.MasterKeyNotOpened(_logger, MasterKey.Describe(entries[i].Fingerprint), entries[i].Provider);
            }
            catch (MasterKeyException)
            {
                Log.MasterKeyNotOpened(_logger, MasterKey.Describe(entries[i].Fingerprint), entries[i].Provider);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }

        return keys;
    }

    private async ValueTask<byte[]> WrapAsync(MasterKey key, CancellationToken cancellationToken) => (await WrapAsync([key], cancellationToken).ConfigureAwait(false))[0];

    private async ValueTask<IReadOnlyList<byte[]>> WrapAsync(IReadOnlyList<MasterKey> keys, CancellationToken cancellationToken)
    {
        var bytes = new byte[keys.Count][];
        try
        {
            for (var i = 0; i < bytes.Length; i++)
                keys[i].Material.CopyTo(bytes[i] = GC.AllocateArray<byte>(MasterKey.Size, pinned: true));
            return await AskAsync(provider => provider.WrapAsync([.. bytes.Select(static b => (ReadOnlyMemory<byte>)b)], cancellationToken), bytes.Length).ConfigureAwait(false);
        }
        finally
        {
            foreach (var key in bytes)
                CryptographicOperations.ZeroMemory(key);
        }
    }

    private async ValueTask<IReadOnlyList<T>> AskAsync<T>(Func<IMasterKeyProvider, ValueTask<IReadOnlyList<T>>> ask, int expected)
    {
        IReadOnlyList<T> answer;
        try
        {
            answer = await ask(_provider!).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a service's client throws: it did not answer. What it says may hold what was sent, and is therefore not repeated.
        catch (Exception e) when (e is not (OperationCanceledException or AuthStoreException))
#pragma warning restore CA1031
        {
            throw new StoreUnavailableException(_provider!.Name, $"The provider of master keys {_provider.Name} did not answer ({e.GetType().Name}).");
        }

        return answer.Count == expected
            ? answer
            : throw new StoreUnavailableException(_provider!.Name, $"The provider of master keys {_provider.Name} answered {answer.Count} keys where {expected} were asked for.");
    }
}
