using HybridStore.PostgreSql.Engine;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Engine;

public sealed class ConnectionStringsTests
{
    [Theory]
    [InlineData("postgres://bot:p%40ss%2Fw%3Aord@db.example:6432/bots", "db.example", 6432, "bot", "p@ss/w:ord", "bots")]
    [InlineData("postgresql://bot@db.example/bots", "db.example", 5432, "bot", null, "bots")]
    [InlineData("POSTGRESQL://db.example", "db.example", 5432, null, null, null)]
    [InlineData("postgres://u:a@b@[::1]:7000/d%20b", "::1", 7000, "u", "a@b", "d b")]
    [InlineData("Host=h;Port=1234;Username=u;Password=p;Database=d", "h", 1234, "u", "p", "d")]
    public void Parse_EitherForm_IsUnderstood(string text, string host, int port, string? user, string? password, string? database)
    {
        var builder = ConnectionStrings.Parse(text);

        Assert.Equal((host, port, user, password, database), (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database));
    }

    [Fact]
    public void Parse_UriWithParametersAndSeveralHosts_TakesThem()
    {
        var builder = ConnectionStrings.Parse("postgresql://u:p@one:5432,two:5433/d?sslmode=verify-full&application_name=my%20bot&target_session_attrs=primary&Maximum%20Pool%20Size=7");

        Assert.Equal(("one:5432,two:5433", SslMode.VerifyFull, "my bot", 7), (builder.Host, builder.SslMode, builder.ApplicationName, builder.MaxPoolSize));
        Assert.Equal("primary", builder.TargetSessionAttributes);
        Assert.Equal("one:5432,two:5433/d", ConnectionStrings.Describe(builder));
    }

    [Theory]
    [InlineData("postgres://u:hidden-word@host:port/d")]
    [InlineData("postgres://u:hidden-word@host/d?nonsense=1")]
    [InlineData("postgres://u:hidden-word@host/d?sslmode")]
    [InlineData("Host=h;Pasword=hidden-word")]
    [InlineData("Password=hidden-word")]
    public void Parse_NotUnderstood_SaysSoWithoutShowingIt(string text)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ConnectionStrings.Parse(text));

        Assert.DoesNotContain("hidden-word", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ForTier_AnyString_LeavesNothingBehindAndJoinsNoTransaction()
    {
        var builder = ConnectionStrings.ForTier(ConnectionStrings.Parse("Host=h;Enlist=true;Include Error Detail=true"));

        Assert.Equal((true, false, false, "HybridStore"), (builder.NoResetOnClose, builder.Enlist, builder.IncludeErrorDetail, builder.ApplicationName));
        Assert.DoesNotContain("p4ssw0rd", ConnectionStrings.Describe(ConnectionStrings.Parse("postgres://u:p4ssw0rd@h/d")), StringComparison.Ordinal);
    }
}
