using System.Runtime.CompilerServices;

namespace HybridStore.Resilience;

internal sealed partial class TierPipeline
{
    /// <summary>Makes a call that streams: tried again only until it has given something.</summary>
    public async IAsyncEnumerable<T> StreamAsync<TState, T>(
        TierCall call, TState state, Func<TState, CancellationToken, IAsyncEnumerable<T>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await RunAsync(
            call with { IsTimed = false },
            (state, open, cancellationToken),
            static async (s, _) =>
            {
                var items = s.open(s.state, s.cancellationToken).GetAsyncEnumerator(s.cancellationToken);
                try
                {
                    return new Opened<T>(items, await items.MoveNextAsync().ConfigureAwait(false));
                }
                catch
                {
                    await items.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            },
            cancellationToken).ConfigureAwait(false);
        await using (stream.Items.ConfigureAwait(false))
        {
            for (var any = stream.Any; any; any = await NextAsync(call, stream.Items).ConfigureAwait(false))
                yield return stream.Items.Current;
        }
    }

    private async ValueTask<bool> NextAsync<T>(TierCall call, IAsyncEnumerator<T> items)
    {
        var generation = _circuit.Generation;
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (TierFailure.Counts(e))
        {
            await FailedAsync(call.Tenant, generation, e).ConfigureAwait(false);
            throw;
        }
    }

    private sealed record Opened<T>(IAsyncEnumerator<T> Items, bool Any);
}
