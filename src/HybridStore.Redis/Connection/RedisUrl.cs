using System.Globalization;
using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>
/// Reads the URLs that hosting platforms give: <c>redis://user:password@host:port/database</c>, and <c>rediss://</c> for TLS. What is wrong is named by its part;
/// the URL, which may hold a password, is never shown.
/// </summary>
internal static class RedisUrl
{
    private const string Plain = "redis";
    private const string Tls = "rediss";
    private const string DefaultUser = "default";
    private const int DefaultPort = 6379;

    public static bool Is(string text) => HasScheme(text, Plain) || HasScheme(text, Tls);

    /// <summary>What was configured as <c>scheme:rest</c>, as a URL or a connection string.</summary>
    public static string ConnectionStringOf(string scheme, string rest)
    {
        if (rest.StartsWith("//", StringComparison.Ordinal))
            return $"{scheme}:{rest}";
        return scheme == Tls ? $"{rest},ssl=true" : rest;
    }

    public static ConfigurationOptions Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            throw Refused("is not understood: it is of the form redis://user:password@host:port/database. In a password, write '@', ':', '/', '?', '#' and '%' as %40, %3A, %2F, %3F, %23 and %25.");
        if (url.Query.Length > 0 || url.Fragment.Length > 0)
            throw Refused("has options behind its database, which are not understood. Give host:port,option=value instead; and write '?' and '#' in a password as %3F and %23.");
        var options = OfUser(UserOf(url.UserInfo));
        options.Ssl = url.Scheme == Tls;
        options.EndPoints.Add(url.IdnHost, url.Port > 0 ? url.Port : DefaultPort);
        if (options.Ssl)
            options.SslHost = url.IdnHost;
        SetPassword(options, url.UserInfo);
        SetDatabase(options, url.AbsolutePath);
        return options;
    }

    private static string UserOf(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return Uri.UnescapeDataString(colon < 0 ? userInfo : userInfo[..colon]);
    }

    // As text: not every client that this is built with has names of users, and one that has not says so here. "default" is who everybody without a name is.
    private static ConfigurationOptions OfUser(string user)
    {
        if (user.Length == 0 || user == DefaultUser)
            return new ConfigurationOptions();
        try
        {
            if (!user.Contains(',', StringComparison.Ordinal))
                return ConfigurationOptions.Parse($"user={user}");
        }
        catch (ArgumentException)
        {
            throw Refused("names a user, which this version of StackExchange.Redis does not know: it takes 2.x or later.");
        }

        throw Refused("names a user with a comma: set it with ConfigurationOptions.");
    }

    private static void SetPassword(ConfigurationOptions options, string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && colon < userInfo.Length - 1)
            options.Password = Uri.UnescapeDataString(userInfo[(colon + 1)..]);
    }

    private static void SetDatabase(ConfigurationOptions options, string path)
    {
        var database = path.Trim('/');
        if (database.Length == 0)
            return;
        options.DefaultDatabase = int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refused("names a database that is no number.");
    }

    private static bool HasScheme(string text, string scheme) => text.StartsWith($"{scheme}://", StringComparison.OrdinalIgnoreCase);

    private static ArgumentException Refused(string what) => new($"The Redis URL {what}");
}
