namespace HybridStore;

/// <summary>
/// Credentials of a paired device would have been replaced by those of another identity: that logs the device out for good. Nothing was changed.
/// Say so where it is meant, with <see cref="AuthPatch.AllowIdentityChange"/>.
/// </summary>
public sealed class IdentityOverwriteException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="field">The field that would have changed; <see langword="null"/> if the credentials would have been deleted or are not readable.</param>
    public IdentityOverwriteException(AuthSessionId session, string? field)
        : base(
            $"Session {session} is paired, and the commit would {(field is null ? "delete its credentials or replace them by something that is none" : $"change their field {field}")}. "
            + "Nothing was changed.")
    {
        Session = session;
        Field = field;
    }

    /// <summary>The field that would have changed.</summary>
    public string? Field { get; }
}
