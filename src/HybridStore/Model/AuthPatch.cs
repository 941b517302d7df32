namespace HybridStore;

/// <summary>Sets and deletes of records of one session, of any types, committed all or nothing.</summary>
/// <remarks>
/// <para>A patch is built, committed, and from then on frozen: committing the same object again repeats the same commit and changes nothing.</para>
/// <para>The last word on a key wins. Bytes are not copied until the commit: they must not change before it returns.</para>
/// <para>Not thread-safe while it is built.</para>
/// </remarks>
public sealed class AuthPatch
{
    private readonly Dictionary<AuthKey, AuthChange> _changes = [];
    private Dictionary<AuthKey, AuthExpectation>? _expectations;
    private long? _expectedSessionVersion;
    private long? _incarnation;
    private readonly bool _isNamed;
    private Durability? _durability;
    private bool _allowsIdentityChange;
    private bool _replacesDamaged;
    private bool _frozen;

    /// <summary>Starts a patch with a commit id of its own.</summary>
    public AuthPatch() => CommitId = CommitId.New();

    /// <summary>Starts a patch with a given commit id, such as one kept from before a restart to repeat a commit whose outcome is unknown.</summary>
    /// <param name="commitId">The id; never reuse one for other contents.</param>
    /// <exception cref="InvalidAuthInputException">The id is empty.</exception>
    public AuthPatch(CommitId commitId)
    {
        if (commitId.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.CommitId, AuthInputFault.Empty, "The commit id is empty.");
        CommitId = commitId;
        _isNamed = true;
    }

    /// <summary>The commit's name.</summary>
    public CommitId CommitId { get; }

    /// <summary>The changes, one for each key.</summary>
    public IReadOnlyCollection<AuthChange> Changes => _changes.Values;

    /// <summary>The versions that records must have.</summary>
    public IReadOnlyCollection<AuthExpectation> Expectations => _expectations is { } expectations ? expectations.Values : [];

    /// <summary>The version the session must have; <see langword="null"/>: any; 0: the session must not exist.</summary>
    public long? ExpectedSessionVersion => _expectedSessionVersion;

    /// <summary>What the caller demands; <see langword="null"/>: what the policy says for the strictest type of the patch.</summary>
    public Durability? Durability => _durability;

    /// <summary>The life of the session that the patch is for; <see langword="null"/> until it is given or the first commit finds it.</summary>
    public long? Incarnation => _incarnation;

    /// <summary>Sets a record.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="value">Its bytes: 0 to 8 MiB.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidAuthInputException">The key is empty or the value is too large.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Set(AuthKey key, ReadOnlyMemory<byte> value)
    {
        CheckOpen(key);
        if (value.Length > AuthLimits.MaxValueBytes)
        {
            throw new InvalidAuthInputException(
                AuthInputPart.Value, AuthInputFault.TooLong, $"The value of {key} has {value.Length} bytes; the most is {AuthLimits.MaxValueBytes}.");
        }

        _changes[key] = new AuthChange(key, value);
        return this;
    }

    /// <summary>Sets a record.</summary>
    /// <param name="type">The record's type, such as <see cref="AuthKeyTypes.Session"/>.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="value">Its bytes: 0 to 8 MiB.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidAuthInputException">A name is not one, or the value is too large.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Set(string type, string id, ReadOnlyMemory<byte> value) => Set(new AuthKey(type, id), value);

    /// <summary>Deletes a record, if it exists.</summary>
    /// <param name="key">Which record.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidAuthInputException">The key is empty.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Delete(AuthKey key)
    {
        CheckOpen(key);
        _changes[key] = new AuthChange(key, null);
        return this;
    }

    /// <summary>Deletes a record, if it exists.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="id">The record's id.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidAuthInputException">A name is not one.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Delete(string type, string id) => Delete(new AuthKey(type, id));

    /// <summary>Makes the commit depend on a record's version: another version is a <see cref="CommitConflictException"/>, and nothing changes.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="version">The <see cref="AuthRecord.Version"/> that was read; 0: the record must not exist.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidAuthInputException">The key is empty.</exception>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Expect(AuthKey key, long version)
    {
        CheckOpen(key);
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        (_expectations ??= [])[key] = new AuthExpectation(key, version);
        return this;
    }

    /// <summary>Makes the commit depend on the session's version.</summary>
    /// <param name="version">The version it must have; 0: it must not exist, so that this commit creates it.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch ExpectSession(long version)
    {
        CheckOpen();
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        _expectedSessionVersion = version;
        return this;
    }

    /// <summary>Makes the commit valid for one life of the session only.</summary>
    /// <param name="incarnation">The incarnation, from 1.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch ForIncarnation(long incarnation)
    {
        CheckOpen();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(incarnation);
        _incarnation = incarnation;
        return this;
    }

    /// <summary>Demands a durability, whatever the policy says.</summary>
    /// <param name="durability">What must be achieved before the commit is acknowledged.</param>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch Require(Durability durability)
    {
        CheckOpen();
        _durability = durability;
        return this;
    }

    /// <summary>Says that the commit may replace the identity of paired credentials, or delete them, as pairing anew does. Otherwise that is refused.</summary>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch AllowIdentityChange()
    {
        CheckOpen();
        _allowsIdentityChange = true;
        return this;
    }

    /// <summary>
    /// Says that the commit may replace or delete records that do not open. What they were is kept in quarantine, in the same step (<see cref="HybridAuthStore.Quarantine"/>). Otherwise a
    /// commit over a record that was found so is refused by an <see cref="EnvelopeException"/>.
    /// </summary>
    /// <remarks>It costs a read of the records that this process does not hold. Credentials need <see cref="AllowIdentityChange"/> too: what can't be read can't be compared.</remarks>
    /// <returns>This patch.</returns>
    /// <exception cref="InvalidOperationException">The patch was committed.</exception>
    public AuthPatch ReplaceDamaged()
    {
        CheckOpen();
        _replacesDamaged = true;
        return this;
    }

    /// <summary>Whether <see cref="ReplaceDamaged"/> was said.</summary>
    public bool ReplacesDamaged => _replacesDamaged;

    /// <summary>Whether the library made it, and may change what it keeps for itself.</summary>
    internal bool IsOfTheLibrary { get; private init; }

    internal static AuthPatch OfTheLibrary() => new() { IsOfTheLibrary = true };

    /// <summary>Whether <see cref="AllowIdentityChange"/> was said.</summary>
    public bool AllowsIdentityChange => _allowsIdentityChange;

    /// <summary>Called by the store at each commit: from the first on, the patch is what its commit id names.</summary>
    /// <returns>Whether this can't be a repeat: nobody else knows the id, and it was never committed.</returns>
    internal bool Freeze()
    {
        var isFresh = !_frozen && !_isNamed;
        _frozen = true;
        return isFresh;
    }

    /// <summary>The same as <see cref="Changes"/>, to go through without memory.</summary>
    internal Dictionary<AuthKey, AuthChange>.ValueCollection ChangeValues => _changes.Values;

    internal bool TryGetChange(AuthKey key, out AuthChange change) => _changes.TryGetValue(key, out change);

    internal bool Expects(AuthKey key) => _expectations?.ContainsKey(key) == true;

    /// <summary>Called by the store when it knows which life the first attempt was for, so that a repeat can't begin another.</summary>
    internal void Bind(long incarnation) => _incarnation ??= incarnation;

    private void CheckOpen(AuthKey key)
    {
        CheckOpen();
        if (key.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "The record key is default and addresses nothing.");
    }

    private void CheckOpen()
    {
        if (_frozen)
            throw new InvalidOperationException("The patch was committed. Its commit id names what it contains, so it can't change any more: start another one.");
    }
}
