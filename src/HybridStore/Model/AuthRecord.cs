namespace HybridStore;

/// <summary>What one read says of one record: its value, or that it authoritatively does not exist.</summary>
/// <remarks>A read that fails throws; it never comes back as an absent record.</remarks>
public readonly struct AuthRecord : IEquatable<AuthRecord>
{
    private readonly ReadOnlyMemory<byte> _value;

    private AuthRecord(AuthKey key, AuthRecordState state, long version, ReadOnlyMemory<byte> value)
    {
        Key = key;
        State = state;
        Version = version;
        _value = value;
    }

    /// <summary>Which record this is about.</summary>
    public AuthKey Key { get; }

    /// <summary>Whether the record was found, is absent, or (only for <c>default</c>) was never read.</summary>
    public AuthRecordState State { get; }

    /// <summary>The session version whose commit wrote the record, from 1; 0 for an absent record.</summary>
    public long Version { get; }

    /// <summary>Whether the record exists.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which was never read.</exception>
    public bool Exists => State != AuthRecordState.Unknown ? State == AuthRecordState.Found : throw NeverRead();

    /// <summary>The bytes as they were committed. They belong to the caller for ever: the library never reuses or clears them.</summary>
    /// <exception cref="InvalidOperationException">The record is absent: an absent record and an empty value are different things.</exception>
    public ReadOnlyMemory<byte> Value => Exists ? _value : throw new InvalidOperationException($"The record {Key} does not exist, so it has no value.");

    /// <summary>Makes a record that exists.</summary>
    /// <param name="key">Which record.</param>
    /// <param name="version">The session version that wrote it, from 1.</param>
    /// <param name="value">Its bytes.</param>
    public static AuthRecord Found(AuthKey key, long version, ReadOnlyMemory<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(version);
        return new AuthRecord(key, AuthRecordState.Found, version, value);
    }

    /// <summary>Makes a record that authoritatively does not exist.</summary>
    /// <param name="key">Which record.</param>
    public static AuthRecord Absent(AuthKey key) => new(key, AuthRecordState.Absent, 0, default);

    /// <summary>Gives the value if the record exists.</summary>
    /// <param name="value">The bytes, or empty.</param>
    /// <returns>Whether the record exists.</returns>
    public bool TryGetValue(out ReadOnlyMemory<byte> value)
    {
        value = _value;
        return Exists;
    }

    /// <summary>Equal when key, state, version and bytes are.</summary>
    public bool Equals(AuthRecord other) =>
        Key == other.Key && State == other.State && Version == other.Version && _value.Span.SequenceEqual(other._value.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AuthRecord other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, State, Version);

    /// <summary>Equal when key, state, version and bytes are.</summary>
    public static bool operator ==(AuthRecord left, AuthRecord right) => left.Equals(right);

    /// <summary>Different when key, state, version or bytes are.</summary>
    public static bool operator !=(AuthRecord left, AuthRecord right) => !left.Equals(right);

    /// <summary>The key and what is known of it; never the value, which is a secret.</summary>
    public override string ToString() => State switch
    {
        AuthRecordState.Found => $"{Key} at version {Version}, {_value.Length} bytes",
        AuthRecordState.Absent => $"{Key} absent",
        _ => "never read",
    };

    private static InvalidOperationException NeverRead() => new("This record was never read: default(AuthRecord) says nothing about any record.");
}
