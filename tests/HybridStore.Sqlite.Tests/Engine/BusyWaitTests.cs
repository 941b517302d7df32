using System.Diagnostics;
using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Tests.Engine;

public sealed class BusyWaitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-busy-").FullName;

    private string DatabasePath => Path.Combine(_folder, "busy.db");

    [Theory]
    [InlineData(raw.SQLITE_OK)]
    [InlineData(raw.SQLITE_ROW)]
    [InlineData(raw.SQLITE_DONE)]
    [InlineData(raw.SQLITE_LOCKED)]
    [InlineData(raw.SQLITE_BUSY_SNAPSHOT)]
    public void TryWait_NoLockToWaitFor_DoesNot(int result)
    {
        BusyWait.Attempt attempt = default;

        Assert.False(new BusyWait(TimeSpan.FromSeconds(5)).TryWait(result, ref attempt));
    }

    [Fact]
    public void TryWait_NoTime_DoesNot()
    {
        BusyWait.Attempt attempt = default;

        Assert.False(new BusyWait(TimeSpan.Zero).TryWait(raw.SQLITE_BUSY, ref attempt));
    }

    // Regression: where SQLite is compiled without usleep, its own busy handler sleeps a whole second for a lock of a few milliseconds.
    [Fact]
    public async Task Begin_AgainstALockOfMilliseconds_DoesNotTakeASecond()
    {
        using var holder = new SqliteDb(DatabasePath, SqliteOpenMode.ReadWriteCreate, TimeSpan.FromSeconds(5));
        using var waiter = new SqliteDb(DatabasePath, SqliteOpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        holder.Execute("CREATE TABLE t (x)");
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            holder.Execute("BEGIN EXCLUSIVE");
            var waiting = Task.Run(
                () =>
                {
                    var begun = Stopwatch.GetTimestamp();
                    waiter.Execute("BEGIN IMMEDIATE; ROLLBACK");
                    return Stopwatch.GetElapsedTime(begun);
                },
                TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            holder.Execute("ROLLBACK");
            var waited = await waiting;
            fastest = waited < fastest ? waited : fastest;
        }

        // The fastest of five, so that a loaded machine does not decide: whole seconds would be at least one each time.
        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public void Begin_AgainstALockThatStays_GivesUpAfterTheTimeout()
    {
        using var holder = new SqliteDb(DatabasePath, SqliteOpenMode.ReadWriteCreate, TimeSpan.FromSeconds(5));
        using var waiter = new SqliteDb(DatabasePath, SqliteOpenMode.ReadWrite, TimeSpan.FromMilliseconds(30));
        holder.Execute("CREATE TABLE t (x); BEGIN EXCLUSIVE");

        var e = Assert.Throws<SqliteException>(() => waiter.Execute("BEGIN IMMEDIATE"));

        Assert.Equal(raw.SQLITE_BUSY, e.SqliteErrorCode & 0xFF);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
