namespace HybridStore;

/// <summary>Names one WhatsApp device of a tenant.</summary>
/// <remarks>
/// Two ids are the same session only when both parts are equal, character for character: names are never joined, escaped or folded,
/// so that <c>("a/b", "c")</c> and <c>("a", "b/c")</c> stay two sessions in every store.
/// </remarks>
public readonly record struct AuthSessionId
{
    /// <summary>Creates an id.</summary>
    /// <param name="tenant">Who owns the session: 1 to 1,024 bytes of UTF-8, any characters but U+0000.</param>
    /// <param name="session">The session's name within the tenant, by the same rule.</param>
    /// <exception cref="InvalidAuthInputException">A part is empty, too long or not Unicode text.</exception>
    public AuthSessionId(string tenant, string session)
    {
        AuthName.Validate(tenant, AuthInputPart.Tenant);
        AuthName.Validate(session, AuthInputPart.Session);
        Tenant = tenant;
        Session = session;
    }

    /// <summary>Who owns the session: the unit of isolation, quota and erasure.</summary>
    public string Tenant { get; }

    /// <summary>The session's name within its tenant.</summary>
    public string Session { get; }

    /// <summary><see langword="true"/> for <c>default</c>, which names nothing and is refused everywhere.</summary>
    public bool IsEmpty => Tenant is null;

    /// <summary>Both parts, for people: <c>tenant/session</c>. Not a key: a part may contain a slash.</summary>
    public override string ToString() => IsEmpty ? "(no session)" : $"{Tenant}/{Session}";
}
