using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests;

/// <summary>Users and passwords: the proxy does the server's side of SCRAM, and refuses as mongod does.</summary>
public sealed class MongoDbCredentialTests : MongoDbTierTest
{
    private const string Name = "bot-user";
    private const string Password = "pass-7f3a";
    private const int HostUnreachable = 6;
    private const int ShutdownInProgress = 91;
    private const int NotWritablePrimary = 10107;

    private readonly ScramUser _user = new(Name, Password);

    [Fact]
    public async Task Initialize_RightPassword_Opens()
    {
        var tier = await OpenAsUserAsync(Name, Password);

        await MustAsync(tier, Creation(Patch(Set("a"))));
        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    [Theory]
    [InlineData(Name, "wrong-9c41")]
    [InlineData("nobody", Password)]
    public async Task Initialize_WrongUserOrPassword_IsNamedWithoutThePassword(string name, string password)
    {
        var tier = await OpenAsUserAsync(name, password);

        var refusal = await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.InitializeAsync(Cancel).AsTask());

        Assert.Contains("AuthenticationFailed", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{name}\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("admin", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, refusal.ToString(), StringComparison.Ordinal);
        Assert.Empty(await CollectionNamesAsync());
    }

    [Fact]
    public async Task AnyCall_PasswordWasChangedMeanwhile_IsNamedAndChangesNothing()
    {
        var tier = await OpenAsUserAsync(Name, Password);
        var (_, proxy) = await OpenAnewBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        var commit = Commit(Patch(Set("a", 2)));
        _user.Password = "another";
        proxy.Cut();

        Func<Task>[] calls =
        [
            () => tier.ReadAsync(Session, [Record("a")], false, Cancel).AsTask(),
            () => tier.CommitAsync(commit, Cancel).AsTask(),
            () => tier.DeleteSessionAsync(Session, Cancel).AsTask(),
        ];
        foreach (var call in calls)
        {
            var refusal = await UnusableAsync(StoreUnusableReason.ReadOnly, call, wasCut: true);
            Assert.Contains("AuthenticationFailed", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, refusal.ToString(), StringComparison.Ordinal);
        }

        _user.Password = Password;
        Assert.Equal(1, (await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
        Assert.Equal(2, (await tier.CommitAsync(commit, Cancel)).Version);
    }

    [Theory]
    [InlineData("saslStart", 0)]
    [InlineData("saslContinue", 0)]
    [InlineData("saslStart", ShutdownInProgress)]
    [InlineData("saslContinue", NotWritablePrimary)]
    [InlineData("saslStart", HostUnreachable)]
    public async Task Initialize_ServerGoesAwayWhileTheUserIsChecked_IsUnavailableAndPasses(string command, int code)
    {
        var tier = await OpenAsUserAsync(Name, Password, TimeSpan.FromSeconds(3));
        var (_, proxy) = await OpenAnewBehindProxyAsync();
        GoAway(proxy, command, code);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.InitializeAsync(Cancel));

        Assert.True(failure.IsTransient);
        Assert.DoesNotContain("password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, failure.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What breaks while a connection is made says nothing of the user: it passes.</summary>
    [Theory]
    [InlineData("saslStart", 0)]
    [InlineData("saslContinue", 0)]
    [InlineData("saslStart", ShutdownInProgress)]
    [InlineData("saslContinue", NotWritablePrimary)]
    public async Task Read_ServerGoesAwayWhileTheUserIsChecked_IsUnavailableAndPasses(string command, int code)
    {
        var tier = await OpenAsUserAsync(Name, Password, TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        var (_, proxy) = await OpenAnewBehindProxyAsync();
        GoAway(proxy, command, code);
        proxy.Cut();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        Assert.True(failure.IsTransient);
        Assert.DoesNotContain("password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, failure.ToString(), StringComparison.Ordinal);
        proxy.Stand = _user.Answer;
        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    /// <summary>The answer to a commit is lost, and when it is asked for again, the user is refused. It was kept all the same: that is no refusal of the commit.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_UserIsRefusedBeforeItsEndIsAnswered_IsUnknownAndARepeatTells(bool byAnotherPassword)
    {
        var tier = await OpenAsUserAsync(Name, Password, TimeSpan.FromSeconds(5));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        var (_, proxy) = await OpenAnewBehindProxyAsync();
        int seen = 0;
        proxy.Decide = name => name == "commitTransaction" && Interlocked.Increment(ref seen) == 1 ? ProxyAction.CutAfter : ProxyAction.Pass;
        proxy.Stand = command =>
        {
            if (Volatile.Read(ref seen) == 0)
                return _user.Answer(command);
            _user.Password = byAnotherPassword ? "another" : Password;
            return command.GetElement(0).Name == "commitTransaction" ? RequiresAuthentication(command) : _user.Answer(command);
        };
        var commit = Commit(Patch(Set("a", 2)));

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        var repeat = await (await OpenAsync()).CommitAsync(commit, Cancel);
        Assert.Equal((ColdCommitStatus.Repeated, 2), (repeat.Status, repeat.Version));
    }

    /// <summary>The server asks for a user, and the connection string has none (mongodb/mongo: src/mongo/db/commands.cpp, 13 Unauthorized).</summary>
    [Fact]
    public async Task Initialize_NoCredentialsWhereSomeAreAskedFor_IsSaid()
    {
        await SkipWhereUsersAreAskedForAsync();
        var (tier, proxy) = await OpenAnewBehindProxyAsync();
        proxy.Stand = RequiresAuthentication;

        var refusal = await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.InitializeAsync(Cancel).AsTask());

        Assert.Contains("names no user", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Unauthorized", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_ServerAsksForAUserFromNowOn_IsSaidAndChangesNothing()
    {
        await SkipWhereUsersAreAskedForAsync();
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Stand = RequiresAuthentication;
        var commit = Commit(Patch(Set("a", 2)));

        Assert.Contains("names no user", (await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.ReadAsync(Session, [], false, Cancel).AsTask())).Message, StringComparison.Ordinal);
        Assert.Contains("names no user", (await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.CommitAsync(commit, Cancel).AsTask())).Message, StringComparison.Ordinal);

        proxy.Stand = static _ => null;
        Assert.Equal(2, (await tier.CommitAsync(commit, Cancel)).Version);
    }

    private void GoAway(MongoProxy proxy, string command, int code)
    {
        var (name, text) = code switch
        {
            ShutdownInProgress => ("ShutdownInProgress", "The server is in quiesce mode and will shut down"),
            NotWritablePrimary => ("NotWritablePrimary", "not primary"),
            _ => ("HostUnreachable", "Connection refused"),
        };
        proxy.Answer = ScramUser.Error(code, name, text);
        proxy.Stand = request => request.GetElement(0).Name == command ? null : _user.Answer(request);
        proxy.Decide = sent => sent != command ? ProxyAction.Pass : code == 0 ? ProxyAction.CutBefore : ProxyAction.Refuse;
    }

    private static BsonDocument? RequiresAuthentication(BsonDocument command) =>
        ScramUser.Error(13, "Unauthorized", $"Command {command.GetElement(0).Name} requires authentication");

    private async Task<MongoDbColdTier> OpenAsUserAsync(string name, string password, TimeSpan? timeout = null)
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync(timeout, $"{name}:{password}@", ScramUser.Options);
        proxy.Stand = _user.Answer;
        return tier;
    }
}
