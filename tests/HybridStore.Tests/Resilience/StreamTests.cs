using System.Runtime.CompilerServices;

namespace HybridStore.Tests.Resilience;

/// <summary>Calls that stream.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly PipelineFixture _fixture = new(static o => o.Timeout = TimeSpan.FromSeconds(10));
    private int _open;

    [Fact]
    public async Task GivesWhatTheTierGives_AndClosesIt()
    {
        Assert.Equal([0, 1, 2], await ReadAsync(count: 3).ToListAsync(PipelineFixture.Cancel));
        Assert.Empty(await ReadAsync(count: 0).ToListAsync(PipelineFixture.Cancel));
        Assert.Equal(0, _open);
    }

    [Fact]
    public async Task WhoeverStopsReading_ClosesIt()
    {
        await foreach (var item in ReadAsync(count: 3))
        {
            Assert.Equal((0, 1), (item, _open));
            break;
        }

        Assert.Equal(0, _open);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(2, 5)] // Its beginning is an answer, so half of the calls have failed.
    public async Task FailuresAtItsBeginning_OrInTheMiddle_OpenTheBreaker(int after, int streams)
    {
        for (var i = 0; i < streams; i++)
        {
            Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(after, PipelineFixture.Down).ToListAsync(PipelineFixture.Cancel));
        }

        Assert.Equal((BreakerState.Open, 0), (_fixture.Pipeline.State, _open));
    }

    [Fact]
    public async Task WhatTheTierAnswersInTheMiddle_IsNoFailure()
    {
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<StoreUnusableException>(
                async () => await ReadAsync(1, new StoreUnusableException("tier", StoreUnusableReason.Damaged, "damaged")).ToListAsync(PipelineFixture.Cancel));
        }

        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
        Assert.Null(_fixture.Pipeline.Health.LastFailure);
    }

    [Fact]
    public async Task ItMayTakeAnyTime_EvenUntilItsFirst()
    {
        var first = new TaskCompletionSource();
        var reading = ReadAsync(count: 2, before: first.Task).ToListAsync(PipelineFixture.Cancel).AsTask();
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(reading.IsCompleted);
        first.SetResult();

        Assert.Equal([0, 1], await reading);
    }

    public void Dispose() => _fixture.Dispose();

    private IAsyncEnumerable<int> ReadAsync(int count, Exception? failure = null, Task? before = null) =>
        _fixture.Pipeline.StreamAsync(PipelineFixture.Read(), 0, (_, cancel) => GiveAsync(count, failure, before, cancel), PipelineFixture.Cancel);

    private async IAsyncEnumerable<int> GiveAsync(int count, Exception? failure, Task? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _open++;
        try
        {
            await (before ?? Task.CompletedTask);
            for (var i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return i;
            }

            if (failure is not null)
                throw failure;
        }
        finally
        {
            _open--;
        }
    }
}
