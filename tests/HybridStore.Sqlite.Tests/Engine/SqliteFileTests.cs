using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;

namespace HybridStore.Sqlite.Tests.Engine;

public sealed class SqliteFileTests
{
    [Fact]
    public async Task Prepare_SeveralAtOnceOnANewFile_MakeOneFileThatNobodyReplaces()
    {
        const int Openers = 3;
        using var folder = new TempFolder();
        for (int run = 0; run < 1000; run++)
        {
            string path = folder.File($"{run}.db");
            using var together = new Barrier(Openers);
            await Task.WhenAll(Enumerable.Range(0, Openers).Select(opener => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                    SqliteFile.Prepare(path, mayCreate: true);

                    // What SQLite would do next: write to the file that is there now.
                    using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                    file.Position = opener;
                    file.WriteByte(1);
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Single(Directory.GetFiles(folder.Path, $"{run}.db*"));
            Assert.Equal(Enumerable.Repeat((byte)1, Openers), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }
    }
}
