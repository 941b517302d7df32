using HybridStore.Sessions;

namespace HybridStore.Tests.Sessions;

public sealed class LazySignalTests
{
    [Fact]
    public async Task WhoListens_IsTold()
    {
        var signal = default(LazySignal);
        var told = 0;
        var token = signal.Token;
        await using var registration = token.Register(() => told++);
        Assert.False(token.IsCancellationRequested);
        Assert.Equal(token, signal.Token);

        await signal.GiveAsync();
        await signal.GiveAsync();

        Assert.True(token.IsCancellationRequested);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task WhoAsksAfterwards_FindsThatItHasHappened_AndAnotherHasNot()
    {
        var signal = default(LazySignal);
        var other = default(LazySignal);

        await signal.GiveAsync();

        Assert.True(signal.Token.IsCancellationRequested);
        Assert.False(other.Token.IsCancellationRequested);
    }
}
