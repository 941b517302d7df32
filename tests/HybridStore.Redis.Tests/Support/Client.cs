using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Support;

/// <summary>The version of StackExchange.Redis that the tests run with: a package feed may carry only an older one.</summary>
internal static class Client
{
    /// <summary>Of the assembly; only its first number is certain to be the package's.</summary>
    public static Version Version => typeof(ConnectionMultiplexer).Assembly.GetName().Version!;

    /// <summary>Skips the test where the client is older.</summary>
    public static void Needs(int major, string what) =>
        Assert.SkipWhen(Version.Major < major, $"{what} needs StackExchange.Redis {major}.x; this is {Version.ToString(3)}.");
}
