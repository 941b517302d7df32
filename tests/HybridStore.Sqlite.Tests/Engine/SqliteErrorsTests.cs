using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Tests.Engine;

public sealed class SqliteErrorsTests
{
    private const string Path = "/var/lib/bot/auth.db";

    [Theory]
    [InlineData(raw.SQLITE_READONLY, StoreUnusableReason.ReadOnly)]
    [InlineData(raw.SQLITE_READONLY | (6 << 8), StoreUnusableReason.ReadOnly)]
    [InlineData(raw.SQLITE_READONLY | (4 << 8), StoreUnusableReason.NotFound)]
    [InlineData(raw.SQLITE_PERM, StoreUnusableReason.ReadOnly)]
    [InlineData(raw.SQLITE_CANTOPEN, StoreUnusableReason.NotFound)]
    [InlineData(raw.SQLITE_FULL, StoreUnusableReason.Full)]
    [InlineData(raw.SQLITE_NOTADB, StoreUnusableReason.NotOurs)]
    [InlineData(raw.SQLITE_CORRUPT, StoreUnusableReason.Damaged)]
    [InlineData(raw.SQLITE_CORRUPT | (1 << 8), StoreUnusableReason.Damaged)]
    [InlineData(raw.SQLITE_IOERR | (33 << 8), StoreUnusableReason.Damaged)]
    public void Translate_WhatSomebodyMustMend_IsUnusable(int code, StoreUnusableReason reason)
    {
        var error = Assert.IsType<StoreUnusableException>(Translate(code));
        Assert.Equal((reason, "sqlite", false), (error.Reason, error.Tier, error.IsTransient));
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(raw.SQLITE_BUSY)]
    [InlineData(raw.SQLITE_BUSY | (2 << 8))]
    [InlineData(raw.SQLITE_LOCKED)]
    [InlineData(raw.SQLITE_IOERR | (1 << 8))]
    [InlineData(raw.SQLITE_NOMEM)]
    public void Translate_WhatMayPass_IsUnavailable(int code) => Assert.True(Assert.IsType<StoreUnavailableException>(Translate(code)).IsTransient);

    [Fact]
    public void Translate_CanNotOpenAFileThatIsThere_IsUnavailable() =>
        Assert.IsType<StoreUnavailableException>(SqliteErrors.Translate(new SqliteException("too many files", raw.SQLITE_CANTOPEN, raw.SQLITE_CANTOPEN), Environment.ProcessPath!));

    [Fact]
    public void Translate_LibraryMissing_IsAMissingDependency()
    {
        Exception[] missing = [new DllNotFoundException("e_sqlite3"), new TypeInitializationException("SQLitePCL.Batteries_V2", null), new BadImageFormatException()];
        foreach (var exception in missing)
            Assert.Equal(StoreUnusableReason.MissingDependency, Assert.IsType<StoreUnusableException>(SqliteErrors.Translate(exception, Path)).Reason);
    }

    [Fact]
    public void Translate_AnythingElse_Passes()
    {
        var other = new InvalidOperationException();
        Assert.Same(other, SqliteErrors.Translate(other, Path));
    }

    private static Exception Translate(int code) => SqliteErrors.Translate(new SqliteException("as SQLite says", code, code), Path);
}
