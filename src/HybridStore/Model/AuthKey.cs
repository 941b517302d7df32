namespace HybridStore;

/// <summary>Addresses one record within a session.</summary>
/// <remarks>Compared ordinally, part by part. Which types exist is open: an unknown type is stored like a known one.</remarks>
public readonly record struct AuthKey
{
    /// <summary>Creates a key.</summary>
    /// <param name="type">The Signal data type, such as <see cref="AuthKeyTypes.Session"/>: 1 to 1,024 bytes of UTF-8, any characters but U+0000.</param>
    /// <param name="id">The record's id within the type, by the same rule.</param>
    /// <exception cref="InvalidAuthInputException">A part is empty, too long or not Unicode text.</exception>
    public AuthKey(string type, string id)
    {
        AuthName.Validate(type, AuthInputPart.Type);
        AuthName.Validate(id, AuthInputPart.Id);
        Type = type;
        Id = id;
    }

    private AuthKey(string type, string id, bool _)
    {
        Type = type;
        Id = id;
    }

    /// <summary>A key to look up with, made without looking at its parts. It goes nowhere else.</summary>
    internal static AuthKey Unchecked(string type, string id) => new(type, id, false);

    /// <summary>The key of a session's credentials, of which there is one record: type and id are both <c>creds</c>.</summary>
    public static AuthKey Creds { get; } = new(AuthKeyTypes.Creds, AuthKeyTypes.Creds);

    /// <summary>The Signal data type.</summary>
    public string Type { get; }

    /// <summary>The record's id within its type.</summary>
    public string Id { get; }

    /// <summary><see langword="true"/> for <c>default</c>, which addresses nothing and is refused everywhere.</summary>
    public bool IsEmpty => Type is null;

    /// <summary>Equal when both parts are.</summary>
    /// <param name="other">The other key.</param>
    public bool Equals(AuthKey other) => Id == other.Id && Type == other.Type;

    /// <summary>A hash of the id, with little of the type in it.</summary>
    /// <remarks>Of types there are a dozen, and of ids thousands: to hash a type's name in full with every look-up is a tenth of what a held record costs to read, and tells no two of them further apart.</remarks>
    public override int GetHashCode() =>
        Id is not null && Type is { Length: > 0 } type ? Id.GetHashCode(StringComparison.Ordinal) ^ (type.Length << 16) ^ (type[0] << 8) ^ type[^1] : 0;

    /// <summary>Both parts, for people: <c>type/id</c>. Not a key: a part may contain a slash.</summary>
    public override string ToString() => IsEmpty ? "(no record)" : $"{Type}/{Id}";
}
