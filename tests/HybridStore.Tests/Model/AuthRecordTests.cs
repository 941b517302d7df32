namespace HybridStore.Tests.Model;

public class AuthRecordTests
{
    private static readonly AuthKey Key = new("session", "5511999990000.0");

    [Fact]
    public void An_absent_record_has_no_value()
    {
        var record = AuthRecord.Absent(Key);

        Assert.False(record.Exists);
        Assert.Equal(0, record.Version);
        Assert.False(record.TryGetValue(out _));
        Assert.Throws<InvalidOperationException>(() => record.Value);
    }

    [Fact]
    public void An_empty_value_is_not_an_absent_record()
    {
        var record = AuthRecord.Found(Key, 3, ReadOnlyMemory<byte>.Empty);

        Assert.True(record.Exists);
        Assert.Equal(0, record.Value.Length);
        Assert.NotEqual(AuthRecord.Absent(Key), record);
    }

    [Fact]
    public void Default_answers_nothing_and_is_not_an_absence()
    {
        AuthRecord record = default;

        Assert.Equal(AuthRecordState.Unknown, record.State);
        Assert.Throws<InvalidOperationException>(() => record.Exists);
        Assert.Throws<InvalidOperationException>(() => record.Value);
        Assert.Throws<InvalidOperationException>(() => record.TryGetValue(out _));
    }

    [Fact]
    public void Text_never_shows_the_value()
    {
        var text = AuthRecord.Found(Key, 3, "top secret"u8.ToArray()).ToString();

        Assert.Equal("session/5511999990000.0 at version 3, 10 bytes", text);
    }
}
