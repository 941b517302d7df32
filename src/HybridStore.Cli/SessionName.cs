using System.Diagnostics.CodeAnalysis;

namespace HybridStore.Cli;

/// <summary>Reads the session that the command line names.</summary>
internal static class SessionName
{
    /// <summary>Reads it.</summary>
    /// <param name="tenant">The tenant, or <see langword="null"/> if <paramref name="session"/> begins with it, up to the first slash.</param>
    /// <param name="session">The session.</param>
    /// <param name="id">Its id.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryParse(string? tenant, string session, out AuthSessionId id, [NotNullWhen(false)] out string? fault)
    {
        id = default;
        if (tenant is null)
        {
            var slash = session.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                fault = "--session has no slash: give TENANT/SESSION, or the tenant with --tenant.";
                return false;
            }

            (tenant, session) = (session[..slash], session[(slash + 1)..]);
        }

        try
        {
            id = new AuthSessionId(tenant, session);
            fault = null;
            return true;
        }
        catch (InvalidAuthInputException e)
        {
            fault = $"--session: {e.Message} Give TENANT/SESSION.";
            return false;
        }
    }

    /// <summary>Says what is wrong with a tenant alone.</summary>
    public static string? FaultOfTenant(string tenant)
    {
        try
        {
            _ = new AuthSessionId(tenant, "any");
            return null;
        }
        catch (InvalidAuthInputException e)
        {
            return $"--tenant: {e.Message}";
        }
    }
}
