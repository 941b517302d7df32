using System.Runtime.CompilerServices;
using HybridStore.Sessions;

namespace HybridStore;

/// <summary>An open session: what a bot holds while it runs. Closing it saves pending credentials and gives the lease back.</summary>
/// <remarks>
/// <para>All members are safe to call from any number of threads.</para>
/// <para>
/// Under a lease, reads and commits are linearizable, and records that were read or written are answered from this process. Once the lease is lost, every
/// member throws <see cref="FencedException"/>: open the session again.
/// </para>
/// <para>What the members of <see cref="IAuthStateStore"/> throw, these throw too.</para>
/// </remarks>
public sealed class AuthSession : IAsyncDisposable
{
    private readonly HybridAuthStore _store;
    private readonly SessionState _state;
    private readonly HeldLease? _lease;
    private readonly CredentialsWriter _credentials;
    private readonly TransactionRunner _transactions;
    private int _disposed;

    internal AuthSession(HybridAuthStore store, AuthSessionId id, SessionState state, HeldLease? lease)
    {
        _store = store;
        _state = state;
        _lease = lease;
        Id = id;
        _credentials = new CredentialsWriter(this, store.Logger);
        _transactions = new TransactionRunner(this, store.TransactionAttempts);
        if (IsRolledBack)
            lease?.RollBack();
    }

    /// <summary>The session.</summary>
    public AuthSessionId Id { get; }

    /// <summary>Whether the session was opened with its lease and still has it, as far as this process knows.</summary>
    public bool HoldsLease => _lease is { HasEnded: false, HasRunOut: false };

    /// <summary>The lease's epoch, which fences off former holders; 0: opened without a lease.</summary>
    public long Epoch => _lease?.Ref.Epoch ?? 0;

    /// <summary>
    /// Cancelled as soon as this process can't be sure any more that it holds the session: close the bot's connection before it sends anything.
    /// Closing the handle does not cancel it. Without a lease it never is.
    /// </summary>
    public CancellationToken LeaseLost => _lease?.Lost ?? CancellationToken.None;

    /// <summary>
    /// Cancelled when the session is not where it was: queued commits were lost, or may have been, or the cold tier is behind what this process has seen.
    /// Signal counters would repeat, so nothing may be sent. Cancelled from the beginning where that is known when the session is opened.
    /// </summary>
    public CancellationToken RolledBack => _lease?.RolledBack ?? new CancellationToken(IsRolledBack);

    /// <summary>
    /// Whether commits of this session that were acknowledged as queued are lost, or may be, and nobody has <see cref="AcknowledgeRollbackAsync">acknowledged</see> it yet.
    /// </summary>
    public bool IsRolledBack => _state.RolledBackAt != 0;

    /// <summary>Notes that whoever runs this session knows of its rollback, so that it is not told again when the session is opened next.</summary>
    /// <remarks>Before that, decide what to do: pair again, or go on and let Signal sessions heal by retries.</remarks>
    /// <param name="cancellationToken">Cancels the wait before the commit begins.</param>
    /// <exception cref="FencedException">The lease is over; the mark stays for whoever opens the session next.</exception>
    public async ValueTask AcknowledgeRollbackAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (!IsRolledBack)
            return;
        await _store.AcknowledgeRollbackAsync(Id, _state, _lease, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one record.</summary>
    /// <param name="type">The record's type, such as <see cref="AuthKeyTypes.Session"/>.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<AuthRecord> GetAsync(string type, string id, CancellationToken cancellationToken = default)
    {
        // A name that is none is never held, so it is looked at only when the look-up found nothing.
        if (_state.TryGet(AuthKey.Unchecked(type, id), out var held) && IsOpen)
            return new ValueTask<AuthRecord>(held.Record);
        return ReadAsync(new AuthKey(type, id), cancellationToken);
    }

    /// <summary>Reads one record.</summary>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<AuthRecord> GetAsync(AuthKey key, CancellationToken cancellationToken = default)
    {
        if (_state.TryGet(key, out var held) && IsOpen)
            return new ValueTask<AuthRecord>(held.Record);
        return ReadAsync(key, cancellationToken);
    }

    /// <summary>Reads records of one type, all at one version of the session.</summary>
    /// <param name="type">The records' type.</param>
    /// <param name="ids">Their ids; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<AuthRecordSet> GetAsync(string type, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var keys = new AuthKey[ids.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new AuthKey(type, ids[i]);
        return GetManyAsync(keys, cancellationToken);
    }

    /// <summary>Reads any number of records, all at one version of the session.</summary>
    /// <param name="keys">The records, of any types; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<AuthRecordSet> GetManyAsync(IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _store.GetManyAsync(Id, keys, cancellationToken);
    }

    /// <summary>Reads records ahead, in one round trip: gets of them that follow one after the other are then answered from this process.</summary>
    /// <remarks>They stay within <see cref="HybridAuthStoreOptions.SessionMemoryBytes"/>. Without the lease they stay for <see cref="HybridAuthStoreOptions.MaxStaleness"/> at most.</remarks>
    /// <param name="type">The records' type.</param>
    /// <param name="ids">Their ids; those that are held already are not read again.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask PrefetchAsync(string type, IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var keys = new AuthKey[ids.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new AuthKey(type, ids[i]);
        return PrefetchAsync(keys, cancellationToken);
    }

    /// <summary>Reads records of any types ahead, in one round trip: see the other overload.</summary>
    /// <param name="keys">The records.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask PrefetchAsync(IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _store.PrefetchAsync(Id, _state, keys, cancellationToken);
    }

    /// <summary>Streams the session's records in ordinal order of type and id.</summary>
    /// <param name="type">Only this type, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<AuthRecord> EnumerateAsync(
        string? type = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await foreach (var record in _store.EnumerateAsync(Id, type, cancellationToken).ConfigureAwait(false))
            yield return record;
    }

    /// <summary>Commits a patch: all of it or nothing.</summary>
    /// <remarks>A patch with credentials is committed after the credentials that were saved before it.</remarks>
    /// <param name="patch">The patch. Committing the same one again is harmless and returns the first receipt.</param>
    /// <param name="cancellationToken">Cancels the wait before the commit begins; one that has begun is brought to its end.</param>
    /// <exception cref="CommitConflictException">A version is not the one that the patch expects.</exception>
    /// <exception cref="CommitOutcomeUnknownException">A tier failed in the middle: commit the same patch again.</exception>
    /// <exception cref="FencedException">The lease is lost.</exception>
    /// <exception cref="IdentityOverwriteException">It would replace the identity of paired credentials.</exception>
    public async ValueTask<CommitReceipt> CommitAsync(AuthPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        ThrowIfClosed();
        if (!patch.TryGetChange(AuthKey.Creds, out _))
            return await CommitCoreAsync(patch, cancellationToken).ConfigureAwait(false);
        await _credentials.FlushAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var receipt = await CommitCoreAsync(patch, cancellationToken).ConfigureAwait(false);
            _credentials.Supersede();
            return receipt;
        }
        catch (CommitOutcomeUnknownException)
        {
            _credentials.Supersede();
            throw;
        }
    }

    /// <summary>Reads the session's credentials.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask<AuthRecord> GetCredentialsAsync(CancellationToken cancellationToken = default) => GetAsync(AuthKey.Creds, cancellationToken);

    /// <summary>Saves the session's credentials. Saves that come while one is under way become one: the last wins, in the order of the calls.</summary>
    /// <param name="credentials">The whole credentials: 0 to 8 MiB. They must not change before the task has ended.</param>
    /// <param name="cancellationToken">Cancels the wait, not the save.</param>
    /// <returns>The receipt of the commit that saved these credentials or later ones. It need not be awaited: closing the session does so.</returns>
    /// <exception cref="IdentityOverwriteException">They would replace the identity of paired ones; commit a patch that <see cref="AuthPatch.AllowIdentityChange">says so</see>.</exception>
    public Task<CommitReceipt> SaveCredentialsAsync(ReadOnlyMemory<byte> credentials, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _credentials.SaveAsync(credentials, cancellationToken);
    }

    /// <summary>Runs reads and writes as one: what was read has not changed when what was written is committed, all or nothing.</summary>
    /// <remarks>
    /// <para>On a conflict the work is run again from its beginning, so it must do nothing outside the transaction that can't be done twice: send after it.</para>
    /// <para>Called within the work of another transaction of this session, it joins that one: its writes are committed with the outer's, and taken back if it throws.</para>
    /// </remarks>
    /// <param name="work">What to do; it reads and writes through the transaction it is given.</param>
    /// <param name="cancellationToken">Cancels the waits before the commit begins.</param>
    /// <exception cref="CommitConflictException">
    /// Others changed what was read, as often as <see cref="HybridAuthStoreOptions.TransactionAttempts"/> says.
    /// </exception>
    public async ValueTask TransactionAsync(Func<AuthTransaction, CancellationToken, ValueTask> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ThrowIfClosed();
        await _transactions.RunAsync(
            async (transaction, cancel) =>
            {
                await work(transaction, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs reads and writes as one, and gives back what the work computed: see the other overload.</summary>
    /// <typeparam name="T">What the work computes.</typeparam>
    /// <param name="work">What to do; it reads and writes through the transaction it is given.</param>
    /// <param name="cancellationToken">Cancels the waits before the commit begins.</param>
    /// <exception cref="CommitConflictException">Others changed what was read, as often as <see cref="HybridAuthStoreOptions.TransactionAttempts"/> says.</exception>
    public ValueTask<T> TransactionAsync<T>(Func<AuthTransaction, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ThrowIfClosed();
        return _transactions.RunAsync(work, cancellationToken);
    }

    /// <summary>Saves pending credentials, and gives the lease back. Calls made from now on throw <see cref="ObjectDisposedException"/>.</summary>
    /// <exception cref="AuthStoreException">Credentials could not be saved. The lease is given back all the same.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        try
        {
            await _credentials.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            await _store.CloseAsync(this, _state, _lease).ConfigureAwait(false);
        }
    }

    internal ValueTask<CommitReceipt> CommitCoreAsync(AuthPatch patch, CancellationToken cancellationToken)
    {
        ThrowIfFenced();
        return _store.CommitAsync(Id, _lease, patch, cancellationToken);
    }

    internal void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ThrowIfFenced();
    }

    private bool IsOpen => Volatile.Read(ref _disposed) == 0;

    private ValueTask<AuthRecord> ReadAsync(AuthKey key, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _store.ReadOneAsync(Id, key, cancellationToken);
    }

    private void ThrowIfFenced()
    {
        if (_lease is { } lease && (lease.HasEnded || lease.HasRunOut))
            throw new FencedException(Id, lease.Ref.Epoch, currentEpoch: 0);
    }
}
