using System.Diagnostics;
using System.Threading.Channels;

namespace HybridStore.RedisSqlite.Tests.Crash;

/// <summary>What a process says, line by line, for who may not want to wait for the next line for ever.</summary>
internal sealed class HeardProcess
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public HeardProcess(Process process) => _ = ListenAsync(process.StandardOutput);

    /// <summary>The next line.</summary>
    /// <returns><see langword="null"/>: none came in time, or the process has ended.</returns>
    public async Task<string?> HearAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _lines.Reader.WaitToReadAsync(either.Token) && _lines.Reader.TryRead(out var line) ? line : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
            _lines.Writer.TryWrite(line);
        _lines.Writer.TryComplete();
    }
}
