using System.Text;

namespace HybridStore;

/// <summary>The rule for every name (tenant, session, type, id): any Unicode text that a database can hold and give back unchanged.</summary>
internal static class AuthName
{
    // Refuses what would not come back as it went in: a lone surrogate has no UTF-8, and U+0000 ends a text in PostgreSQL and in C.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Validate(string? name, AuthInputPart part)
    {
        if (string.IsNullOrEmpty(name))
            throw new InvalidAuthInputException(part, AuthInputFault.Empty, $"The {Describe(part)} is empty.");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new InvalidAuthInputException(part, AuthInputFault.NotText, $"The {Describe(part)} contains the character U+0000, which databases can't hold.");

        int bytes;
        try
        {
            bytes = StrictUtf8.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            throw new InvalidAuthInputException(part, AuthInputFault.NotText, $"The {Describe(part)} contains half of a surrogate pair and is not Unicode text.");
        }

        if (bytes > AuthLimits.MaxNameBytes)
        {
            throw new InvalidAuthInputException(
                part, AuthInputFault.TooLong, $"The {Describe(part)} has {bytes} bytes of UTF-8; the most is {AuthLimits.MaxNameBytes}.");
        }
    }

    private static string Describe(AuthInputPart part) => part switch
    {
        AuthInputPart.Tenant => "tenant",
        AuthInputPart.Session => "session name",
        AuthInputPart.Type => "record type",
        AuthInputPart.Id => "record id",
        _ => "name",
    };
}
