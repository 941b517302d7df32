namespace WhatsAppBot.Tests;

public sealed class AckLogTests : IDisposable
{
    private readonly string _path = Path.Join(Path.GetTempPath(), $"acks-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Last_NoFile_IsNone()
    {
        using var log = new AckLog(_path);
        Assert.Equal(0, log.Last);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("acknow", 0)]
    [InlineData("acknowledged step 1 version 2\n", 1)]
    [InlineData("acknowledged step 1 version 2\nacknowledged step 2 version 3\n", 2)]
    [InlineData("acknowledged step 1 version 2\nacknowledged step 2 version 3 queued\n", 2)]
    [InlineData("acknowledged step 1 version 2\nacknowledged step 2 vers", 1)]
    public void Last_IsTheLastWholeLine(string text, long last)
    {
        File.WriteAllText(_path, text);
        using var log = new AckLog(_path);
        Assert.Equal(last, log.Last);
    }

    [Fact]
    public void Last_AnotherFile_IsRefused()
    {
        File.WriteAllText(_path, "something else\n");
        Assert.Throws<InvalidDataException>(() => new AckLog(_path));
    }

    [Fact]
    public void Write_IsThereAtOnce()
    {
        using var log = new AckLog(_path);
        log.Write(41, 42);
        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Equal("acknowledged step 41 version 42\n", reader.ReadToEnd());
    }
}
