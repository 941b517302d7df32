namespace HybridStore.Conformance.Stores;

/// <summary>A store for one test: storage of its own, empty at first, and as many stores over it as the test opens.</summary>
/// <remarks>Derive from it, or from <see cref="HybridAuthStoreFixture"/> for a tier of your own below the library's store, and give it to each contract as its type argument.</remarks>
public abstract class AuthStoreFixture : IAsyncDisposable
{
    /// <summary>Opens a store. Each further one is what another process would be: it sees the same storage. The fixture disposes of them.</summary>
    public abstract ValueTask<OpenedStore> OpenAsync();

    /// <summary>Whether what was committed is there after every store was disposed of, and another was opened.</summary>
    public virtual bool CanReopen => true;

    /// <summary>How far behind other processes' commits a read may be.</summary>
    /// <value>One second by default.</value>
    public virtual TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

    /// <summary>How many commits a race of <see cref="StoreRaceContract{TFixture}"/> makes; the one of blind writers makes twice as many.</summary>
    /// <value>100 by default; a multiple of 10, and fewer where each is dear.</value>
    public virtual int RaceCommits => 100;

    /// <summary>Text that must stand in nothing that a tier is given: the master key as it was configured.</summary>
    public virtual IReadOnlyList<string> Secrets => [];

    /// <summary>
    /// Whether every commit is made as it comes, without a lease, and acknowledged when cold has it. For a store that holds and queues, those tests are skipped
    /// that take cold away to see commits fail, count each call, or let another process write unheard.
    /// </summary>
    /// <value>True by default.</value>
    public virtual bool WritesThrough => true;

    /// <summary>Lets everything that was committed come to rest in cold, with no session held: only then does cold alone know all of it. Nothing by default.</summary>
    public virtual ValueTask SettleAsync() => ValueTask.CompletedTask;

    /// <summary>Lets time pass by the store's clock: moves a manual clock, or waits.</summary>
    /// <param name="by">At least how long.</param>
    public abstract ValueTask AdvanceAsync(TimeSpan by);

    /// <summary>Closes the stores and searches what the run left behind, in the storage, the logs and the exceptions, for its secrets (promise 10). Nothing by default.</summary>
    public virtual ValueTask SearchAsync() => ValueTask.CompletedTask;

    /// <summary>Disposes of the stores and removes the storage.</summary>
    public abstract ValueTask DisposeAsync();
}
