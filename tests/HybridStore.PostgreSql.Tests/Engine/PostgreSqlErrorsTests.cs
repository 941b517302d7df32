using System.Net.Sockets;
using HybridStore.PostgreSql.Engine;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Engine;

public sealed class PostgreSqlErrorsTests
{
    [Theory]
    [InlineData("28P01", StoreUnusableReason.ReadOnly)]
    [InlineData("28000", StoreUnusableReason.ReadOnly)]
    [InlineData("3D000", StoreUnusableReason.NotFound)]
    [InlineData("42501", StoreUnusableReason.ReadOnly)]
    [InlineData("42P01", StoreUnusableReason.NotFound)]
    [InlineData("42883", StoreUnusableReason.NotFound)]
    [InlineData("XX001", StoreUnusableReason.Damaged)]
    public void Translate_WhatMustBeMended_IsUnusableAtTheStartAndUnavailableLater(string sqlState, StoreUnusableReason reason)
    {
        var atTheStart = Translate(sqlState, isOpen: false);
        var later = Translate(sqlState, isOpen: true);

        Assert.Equal(reason, Assert.IsType<StoreUnusableException>(atTheStart).Reason);
        Assert.Equal(reason, Assert.IsType<StoreUnusableException>(Assert.IsType<StoreUnavailableException>(later).InnerException).Reason);
    }

    [Theory]
    [InlineData("25006", StoreUnusableReason.ReadOnly)]
    [InlineData("53100", StoreUnusableReason.Full)]
    public void Translate_WhatMayPass_IsUnavailableAndSaysWhatToMend(string sqlState, StoreUnusableReason reason) =>
        Assert.Equal(reason, Assert.IsType<StoreUnusableException>(Assert.IsType<StoreUnavailableException>(Translate(sqlState, isOpen: false)).InnerException).Reason);

    [Theory]
    [InlineData("53300")]
    [InlineData("57014")]
    [InlineData("57P01")]
    [InlineData("57P02")]
    [InlineData("57P03")]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("55P03")]
    [InlineData("99999")]
    public void Translate_WhatPasses_IsUnavailable(string sqlState) =>
        Assert.Contains(sqlState, Assert.IsType<StoreUnavailableException>(Translate(sqlState, isOpen: true)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("23514")]
    [InlineData("P0001")]
    public void Translate_ARuleOfTheDatabase_IsUnusableSinceItRefusesThisChangeOnly(string sqlState) =>
        Assert.Equal(StoreUnusableReason.NotOurs, Assert.IsType<StoreUnusableException>(Translate(sqlState, isOpen: true)).Reason);

    [Theory]
    [InlineData("ERROR", true)]
    [InlineData("FATAL", false)]
    [InlineData("PANIC", false)]
    public void IsRolledBack_OnlyWhatLeavesTheConnectionOpenIsSure(string severity, bool isSure) =>
        Assert.Equal(isSure, PostgreSqlErrors.IsRolledBack(new PostgresException("m", severity, severity, "57014")));

    [Fact]
    public void IsRolledBack_WithoutAnAnswer_IsNotSure() => Assert.False(PostgreSqlErrors.IsRolledBack(new NpgsqlException("m", new IOException())));

    [Fact]
    public void Translate_NoConnection_NamesServerAndCause()
    {
        var error = PostgreSqlErrors.Translate(new NpgsqlException("m", new SocketException((int)SocketError.ConnectionRefused)), "db:5432/bots", "read", isOpen: true);

        Assert.Equal("PostgreSQL at db:5432/bots did not answer (read): the connection failed (ConnectionRefused).", Assert.IsType<StoreUnavailableException>(error).Message);
    }

    private static AuthStoreException Translate(string sqlState, bool isOpen) =>
        PostgreSqlErrors.Translate(new PostgresException("text of the server", "ERROR", "ERROR", sqlState), "db/bots", "commit", isOpen);
}
