using System.Diagnostics.CodeAnalysis;
using HybridStore.Sessions;

namespace HybridStore;

/// <summary>Reads and writes of one session that are committed as one. Given to the work of <see cref="AuthSession.TransactionAsync(Func{AuthTransaction, CancellationToken, ValueTask}, CancellationToken)"/>.</summary>
/// <remarks>
/// <para>Everything it reads is of one version of the session, but for what it has written itself. Where that can't be, the work is begun again.</para>
/// <para>Reads may run side by side. Once the work has ended, every member throws <see cref="InvalidOperationException"/>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
public sealed class AuthTransaction
{
    private readonly AuthSession _session;
    private readonly TransactionRunner _runner;
    private readonly AuthTransaction? _outer;
    private readonly AuthTransaction _root;
    private readonly Lock _sync = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<AuthKey, AuthRecord> _reads = [];
    private readonly Dictionary<AuthKey, ReadOnlyMemory<byte>?> _writes = [];
    private AuthRecordSet? _snapshot;
    private Durability? _durability;
    private bool _allowsIdentityChange;
    private bool _ended;

    internal AuthTransaction(AuthSession session, TransactionRunner runner)
    {
        _session = session;
        _runner = runner;
        _root = this;
    }

    // A part of another transaction: it reads through the whole, and its writes are its own until it has ended well.
    private AuthTransaction(AuthTransaction outer)
    {
        _session = outer._session;
        _runner = outer._runner;
        _outer = outer;
        _root = outer._root;
        _sync = outer._sync;
    }

    /// <summary>Reads one record, or what was written to it here.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its bytes; <see langword="null"/> if it authoritatively does not exist.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string type, string id, CancellationToken cancellationToken = default) =>
        (await GetManyAsync([new AuthKey(type, id)], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Reads records of one type, or what was written to them here.</summary>
    /// <param name="type">The records' type.</param>
    /// <param name="ids">Their ids; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetAsync(string type, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var keys = new AuthKey[ids.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new AuthKey(type, ids[i]);
        return GetManyAsync(keys, cancellationToken);
    }

    /// <summary>Reads any number of records, or what was written to them here.</summary>
    /// <param name="keys">The records, of any types; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        await _root._reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<AuthKey> unwritten = [];
            lock (_sync)
            {
                ThrowIfEnded();
                foreach (var key in keys)
                {
                    if (!TryFindWritten(key, out _))
                        unwritten.Add(key);
                }
            }

            await _root.ReadAsync(unwritten, cancellationToken).ConfigureAwait(false);
            var values = new ReadOnlyMemory<byte>?[keys.Count];
            lock (_sync)
            {
                for (var i = 0; i < values.Length; i++)
                    values[i] = TryFindWritten(keys[i], out var written) ? written : Value(_root._reads[keys[i]]);
            }

            return values;
        }
        finally
        {
            _root._reading.Release();
        }
    }

    /// <summary>Sets a record.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="value">Its bytes: 0 to 8 MiB. They must not change before the transaction has ended.</param>
    /// <returns>This transaction.</returns>
    public AuthTransaction Set(string type, string id, ReadOnlyMemory<byte> value) => Set(new AuthKey(type, id), value);

    /// <summary>Sets a record.</summary>
    /// <param name="key">The record.</param>
    /// <param name="value">Its bytes: 0 to 8 MiB. They must not change before the transaction has ended.</param>
    /// <returns>This transaction.</returns>
    /// <exception cref="InvalidAuthInputException">The key is empty or the value is too large.</exception>
    public AuthTransaction Set(AuthKey key, ReadOnlyMemory<byte> value)
    {
        _ = new AuthPatch().Set(key, value);
        return Write(key, value);
    }

    /// <summary>Deletes a record, if it exists.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="id">The record's id.</param>
    /// <returns>This transaction.</returns>
    public AuthTransaction Delete(string type, string id) => Delete(new AuthKey(type, id));

    /// <summary>Deletes a record, if it exists.</summary>
    /// <param name="key">The record.</param>
    /// <returns>This transaction.</returns>
    /// <exception cref="InvalidAuthInputException">The key is empty.</exception>
    public AuthTransaction Delete(AuthKey key)
    {
        _ = new AuthPatch().Delete(key);
        return Write(key, null);
    }

    /// <summary>Demands a durability for the commit, whatever the policy says; of several demands the strictest counts.</summary>
    /// <param name="durability">What must be achieved before the transaction ends.</param>
    /// <returns>This transaction.</returns>
    public AuthTransaction Require(Durability durability)
    {
        lock (_sync)
        {
            ThrowIfEnded();
            _durability = Stricter(_durability, durability);
            return this;
        }
    }

    /// <summary>Says that the commit may replace the identity of paired credentials: see <see cref="AuthPatch.AllowIdentityChange"/>.</summary>
    /// <returns>This transaction.</returns>
    public AuthTransaction AllowIdentityChange()
    {
        lock (_sync)
        {
            ThrowIfEnded();
            _allowsIdentityChange = true;
            return this;
        }
    }

    /// <summary>Runs a part whose writes are taken back if it throws; otherwise they are committed with the rest.</summary>
    /// <param name="work">What to do, through this same transaction.</param>
    /// <param name="cancellationToken">Cancels the waits.</param>
    public async ValueTask TransactionAsync(Func<AuthTransaction, CancellationToken, ValueTask> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await NestAsync(
            async (transaction, cancel) =>
            {
                await work(transaction, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    internal bool IsActive
    {
        get
        {
            lock (_sync)
                return !_ended;
        }
    }

    internal CommitConflictException? Conflict { get; private set; }

    internal async ValueTask<T> NestAsync<T>(Func<AuthTransaction, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        AuthTransaction part;
        lock (_sync)
        {
            ThrowIfEnded();
            part = new AuthTransaction(this);
        }

        try
        {
            var result = await _runner.WorkAsync(part, work, cancellationToken).ConfigureAwait(false);
            lock (_sync)
                part.JoinOuter();
            return result;
        }
        finally
        {
            lock (_sync)
                part._ended = true;
        }
    }

    /// <summary>Ends the work and makes its patch; <see langword="null"/> if it wrote nothing.</summary>
    internal AuthPatch? End()
    {
        lock (_sync)
        {
            _ended = true;
            if (_writes.Count == 0)
                return null;
            var patch = new AuthPatch();
            foreach (var (key, value) in _writes)
                _ = value is { } bytes ? patch.Set(key, bytes) : patch.Delete(key);
            foreach (var (key, read) in _reads)
                patch.Expect(key, read.Version);
            if (_snapshot is { SessionVersion: > 0 } snapshot)
                patch.ForIncarnation(snapshot.Incarnation);
            if (_durability is { } durability)
                patch.Require(durability);
            return _allowsIdentityChange ? patch.AllowIdentityChange() : patch;
        }
    }

    // Under the lock, like the two below.
    private void JoinOuter()
    {
        _outer!.ThrowIfEnded();
        foreach (var (key, value) in _writes)
            _outer._writes[key] = value;
        if (_durability is { } durability)
            _outer._durability = Stricter(_outer._durability, durability);
        _outer._allowsIdentityChange |= _allowsIdentityChange;
    }

    private static Durability Stricter(Durability? one, Durability other) => one is { } demanded && demanded > other ? demanded : other;

    private bool TryFindWritten(AuthKey key, out ReadOnlyMemory<byte>? value)
    {
        for (var transaction = this; transaction is not null; transaction = transaction._outer)
        {
            if (transaction._writes.TryGetValue(key, out value))
                return true;
        }

        value = null;
        return false;
    }

    // Not in one expression with null, which would become an array that is null, and that empty bytes.
    private static ReadOnlyMemory<byte>? Value(in AuthRecord record)
    {
        if (record.TryGetValue(out var value))
            return value;
        return null;
    }

    private AuthTransaction Write(AuthKey key, ReadOnlyMemory<byte>? value)
    {
        lock (_sync)
        {
            ThrowIfEnded();
            _writes[key] = value;
            return this;
        }
    }

    private async ValueTask ReadAsync(List<AuthKey> keys, CancellationToken cancellationToken)
    {
        List<AuthKey> missing = [];
        lock (_sync)
        {
            ThrowIfEnded();
            foreach (var key in keys)
            {
                if (!_reads.ContainsKey(key))
                    missing.Add(key);
            }
        }

        if (missing.Count == 0)
            return;
        var read = await _session.GetManyAsync(missing, cancellationToken).ConfigureAwait(false);
        if (_snapshot is { } snapshot && (snapshot.SessionVersion != read.SessionVersion || snapshot.Incarnation != read.Incarnation))
        {
            // Somebody has committed since the first read. What was read before must still be so, all at the version of this read.
            read = await _session.GetManyAsync([.. missing, .. _reads.Keys], cancellationToken).ConfigureAwait(false);
            foreach (var record in read.Skip(missing.Count))
            {
                var before = _reads[record.Key];
                if (before.Version != record.Version || (before.Exists && read.Incarnation != snapshot.Incarnation))
                    throw Conflict = new CommitConflictException(_session.Id, record.Key, before.Version, record.Version);
            }
        }

        lock (_sync)
        {
            _snapshot = read;
            for (var i = 0; i < missing.Count; i++)
                _reads[missing[i]] = read[i];
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended)
            throw new InvalidOperationException("The transaction has ended: its work has returned, or is run again with another one.");
    }
}
