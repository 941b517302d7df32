namespace HybridStore.Sessions;

/// <summary>Gathers reads of single records: who comes while others of the same session are under way goes along with the next question, and nobody waits for company.</summary>
internal sealed class ReadGather
{
    // Two questions at a time: while one is being answered, the next is on its way, and whoever comes meanwhile fills a third.
    private const int SideBySide = 2;

    // An answer is of bounded size, and one slow record holds up no more than these.
    private const int MostInOne = 256;

    private readonly Lock _sync = new();
    private readonly Queue<(AuthKey Key, Flight Flight)> _waiting = new();
    private int _underWay;

    /// <summary>Adds a read.</summary>
    /// <returns>The answer to come. <see langword="null"/>: the caller asks now, for this one alone, and goes on with <see cref="Next"/> until nothing is left.</returns>
    public Task<AuthRecord>? Add(AuthKey key, Flight flight)
    {
        lock (_sync)
        {
            if (_underWay < SideBySide)
            {
                _underWay++;
                return null;
            }

            _waiting.Enqueue((key, flight));
            return flight.Join();
        }
    }

    /// <summary>What is to be asked next, by whoever has just got an answer; <see langword="null"/>: nothing, and the caller is done.</summary>
    public (AuthKey Key, Flight Flight)[]? Next()
    {
        lock (_sync)
        {
            if (_waiting.Count == 0)
            {
                _underWay--;
                return null;
            }

            var batch = new (AuthKey, Flight)[Math.Min(_waiting.Count, MostInOne)];
            for (var i = 0; i < batch.Length; i++)
                batch[i] = _waiting.Dequeue();
            return batch;
        }
    }
}
