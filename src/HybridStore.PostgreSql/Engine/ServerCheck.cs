using System.Globalization;

namespace HybridStore.PostgreSql.Engine;

/// <summary>Which servers are taken.</summary>
internal static class ServerCheck
{
    /// <summary>The oldest version that its makers still mended when this schema was made.</summary>
    public const int OldestMajor = 14;

    /// <summary>Throws if the server can't be used as it is.</summary>
    public static void Check(ServerReport report, string server)
    {
        if (report.Version / 10_000 < OldestMajor)
        {
            throw PostgreSqlErrors.Unusable(
                StoreUnusableReason.MissingDependency,
                string.Create(CultureInfo.InvariantCulture, $"PostgreSQL at {server} is version {report.VersionText}; {OldestMajor} is the oldest that is supported. Upgrade the server."));
        }

        if (report.Encoding != "UTF8")
        {
            throw PostgreSqlErrors.Unusable(
                StoreUnusableReason.NotOurs,
                $"The database of PostgreSQL at {server} has the encoding {report.Encoding}, which can't hold every name. Use one with UTF8.");
        }

        if (report.IsStandby)
        {
            var message = $"PostgreSQL at {server} is a standby, which takes no writes. Connect to the primary; with several hosts, say Target Session Attributes=primary.";
            throw new StoreUnavailableException(PostgreSqlErrors.TierName, message, PostgreSqlErrors.Unusable(StoreUnusableReason.ReadOnly, message));
        }
    }
}
