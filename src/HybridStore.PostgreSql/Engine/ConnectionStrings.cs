using Npgsql;

namespace HybridStore.PostgreSql.Engine;

/// <summary>Reads how a database is reached, from either form, and sets what the tier relies on.</summary>
internal static class ConnectionStrings
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <summary>Reads a connection string.</summary>
    /// <param name="text"><c>Host=…;Username=…</c>, or <c>postgresql://user:password@host:port/database?Ssl Mode=Require</c>. It is never shown.</param>
    /// <exception cref="ArgumentException">It is not understood.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = Array.Find(Schemes, s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase)) is { } scheme
                ? ParseUri(text[scheme.Length..])
                : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            // What the driver says may repeat a part of it, and so a password.
            throw NotUnderstood();
        }

        if (string.IsNullOrEmpty(builder.Host))
            throw new ArgumentException("The connection string of PostgreSQL names no host.");
        return builder;
    }

    /// <summary>The same, with what the tier relies on.</summary>
    public static NpgsqlConnectionStringBuilder ForTier(NpgsqlConnectionStringBuilder given)
    {
        var builder = new NpgsqlConnectionStringBuilder(given.ConnectionString)
        {
            // Nothing that the tier does stays behind in a session of the server. Resetting it would only throw away the plans of its functions.
            NoResetOnClose = true,
            // A commit is told as kept when the server says so, whatever becomes of a transaction around the caller.
            Enlist = false,
            IncludeErrorDetail = false,
        };
        builder.ApplicationName ??= "HybridStore";
        return builder;
    }

    /// <summary>The servers and the database, for messages.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder builder)
    {
        var servers = (builder.Host ?? "").Contains(',', StringComparison.Ordinal) || (builder.Host ?? "").Contains(':', StringComparison.Ordinal)
            ? builder.Host
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}");
        return $"{servers}/{builder.Database ?? builder.Username}";
    }

    // System.Uri knows one host only, and changes the case of it.
    private static NpgsqlConnectionStringBuilder ParseUri(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : text[(question + 1)..];
        text = question < 0 ? text : text[..question];

        var at = text.LastIndexOf('@');
        if (at >= 0)
        {
            var user = text[..at];
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            builder.Username = Uri.UnescapeDataString(colon < 0 ? user : user[..colon]);
            if (colon >= 0)
                builder.Password = Uri.UnescapeDataString(user[(colon + 1)..]);
            text = text[(at + 1)..];
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash < text.Length - 1)
            builder.Database = Uri.UnescapeDataString(text[(slash + 1)..]);
        SetServers(builder, slash < 0 ? text : text[..slash]);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            SetParameter(builder, pair);
        return builder;
    }

    private static void SetServers(NpgsqlConnectionStringBuilder builder, string servers)
    {
        if (servers.Contains(',', StringComparison.Ordinal))
        {
            builder.Host = servers;
            return;
        }

        // An IPv6 address stands in brackets.
        var end = servers.StartsWith('[') ? servers.IndexOf(']', StringComparison.Ordinal) + 1 : servers.IndexOf(':', StringComparison.Ordinal);
        var host = end <= 0 ? servers : servers[..end];
        builder.Host = Uri.UnescapeDataString(host.Trim('[', ']'));
        if (end > 0 && end < servers.Length - 1)
            builder.Port = int.Parse(servers.AsSpan(end + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void SetParameter(NpgsqlConnectionStringBuilder builder, string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw NotUnderstood();
        var name = Uri.UnescapeDataString(pair[..equals]);
        var value = Uri.UnescapeDataString(pair[(equals + 1)..]);

        // libpq's names for what the driver calls otherwise; what is left, the driver knows or refuses.
        (name, value) = name switch
        {
            "sslmode" => ("Ssl Mode", value.Replace("-", "", StringComparison.Ordinal)),
            "sslrootcert" => ("Root Certificate", value),
            "application_name" => ("Application Name", value),
            "connect_timeout" => ("Timeout", value),
            "target_session_attrs" => ("Target Session Attributes", value),
            "host" => ("Host", value),
            _ => (name, value),
        };
        builder[name] = value;
    }

    private static ArgumentException NotUnderstood() => new(
        "The connection string of PostgreSQL is not understood. Write Host=…;Username=…;Password=…;Database=…, or postgresql://user:password@host:port/database.");
}
