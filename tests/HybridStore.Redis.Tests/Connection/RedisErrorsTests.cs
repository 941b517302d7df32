using System.Reflection;
using HybridStore.Redis.Connection;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Connection;

public class RedisErrorsTests
{
    [Theory]
    [InlineData("READONLY You can't write against a read only replica. script: 12, on @user_script:1.", StoreUnusableReason.ReadOnly)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", StoreUnusableReason.Full)]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", StoreUnusableReason.NotOurs)]
    [InlineData("HSFOREIGN the control field", StoreUnusableReason.NotOurs)]
    [InlineData("NOAUTH Authentication required.", StoreUnusableReason.ReadOnly)]
    [InlineData("WRONGPASS invalid username-password pair", StoreUnusableReason.ReadOnly)]
    [InlineData("NOPERM this user has no permissions", StoreUnusableReason.ReadOnly)]
    [InlineData("MISCONF Redis is configured to save RDB snapshots", StoreUnusableReason.ReadOnly)]
    [InlineData("LOADING Redis is loading the dataset in memory", null)]
    [InlineData("CLUSTERDOWN The cluster is down", null)]
    [InlineData("MOVED 1234 127.0.0.1:7001", null)]
    [InlineData("MASTERDOWN Link with MASTER is down", null)]
    [InlineData("ERR unknown command 'EVALSHA', with args beginning with: 'hunter2'", null)]
    public void Translate_AReply_NamesTheCulpritAndNotTheArguments(string reply, StoreUnusableReason? reason)
    {
        var e = RedisErrors.Translate(Made<RedisServerException>(reply), "Apply", "host:1");

        Assert.Equal(reason, (e.InnerException as StoreUnusableException)?.Reason);
        Assert.Contains("host:1", e.Message, StringComparison.Ordinal);
        Assert.Contains(reply[..reply.IndexOf(' ', StringComparison.Ordinal)] is var code && code == "HSFOREIGN" ? "did not write" : code == "WRONGTYPE" ? "another type" : code, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.True(RedisErrors.IsRefusal(Made<RedisServerException>(reply)));
    }

    /// <summary>What a script's user lacks has no code of its own, and each server has its own words for it.</summary>
    [Theory]
    [InlineData("ERR The user executing the script can't run this command or subcommand script: 12, on @user_script:1.")]
    [InlineData("ERR ACL failure in script: User default has no permissions to run the 'hset' command script: 12, on @user_script:1.")]
    public void Translate_AScriptsUserLacksARight_IsNamed(string reply)
    {
        var e = RedisErrors.Translate(Made<RedisServerException>(reply), "Apply", "host:1");

        Assert.Equal(StoreUnusableReason.ReadOnly, (e.InnerException as StoreUnusableException)?.Reason);
        Assert.Contains("NOPERM", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Settings that can't be asked for at this moment are not hidden, and are asked for again.</summary>
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", true)]
    [InlineData("BUSY Redis is busy running a script.", true)]
    [InlineData("MASTERDOWN Link with MASTER is down", true)]
    [InlineData("NOPERM this user has no permissions to run the 'config|get' command", false)]
    [InlineData("ERR unknown command 'CONFIG', with args beginning with: 'GET'", false)]
    public void IsPassing_OnlyWhereTheServerWillAnswerOtherwise(string reply, bool passes) =>
        Assert.Equal(passes, RedisErrors.IsPassing(Made<RedisServerException>(reply)));

    [Fact]
    public void IsRefusal_OnlyWhereNothingWasDone()
    {
        Assert.True(RedisErrors.IsRefusal(Made<RedisConnectionException>(ConnectionFailureType.UnableToResolvePhysicalConnection, "")));
        Assert.False(RedisErrors.IsRefusal(Made<RedisConnectionException>(ConnectionFailureType.SocketFailure, "")));
        Assert.False(RedisErrors.IsRefusal(Made<RedisConnectionException>(ConnectionFailureType.SocketClosed, "")));
        Assert.False(RedisErrors.IsRefusal(new TimeoutException()));
        Assert.False(RedisErrors.IsRefusal(new OperationCanceledException()));
        Assert.False(RedisErrors.IsRefusal(new ObjectDisposedException("")));
    }

    // Older versions of the driver keep the constructors to themselves.
    private static T Made<T>(params object[] arguments)
        where T : Exception =>
        (T)Activator.CreateInstance(typeof(T), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;
}
