using System.Text;

namespace HybridStore.Conformance.Stores;

/// <summary>What every part of the store's contract begins with: a store on empty storage, and the calls that most tests make.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreContract<TFixture> : IAsyncLifetime
    where TFixture : AuthStoreFixture, new()
{
    private protected static readonly AuthSessionId Session = new("clinic", "reception");
    private protected static readonly AuthKey A = new("session", "a");
    private protected static readonly AuthKey B = new("session", "b");
    private OpenedStore? _opened;

    private protected StoreContract()
    {
    }

    /// <summary>The storage of this test.</summary>
    protected TFixture Fixture { get; } = new();

    /// <summary>The store.</summary>
    protected IAuthStateStore Store => Opened.Store;

    private protected OpenedStore Opened => _opened!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What stands before the cold tier; without it the test is skipped.</summary>
    private protected FaultyColdTier Cold
    {
        get
        {
            Assert.SkipWhen(Opened.Cold is null, "The fixture can't stand between the store and its tier.");
            return Opened.Cold!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _opened = await Fixture.OpenAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Fixture.SearchAsync();
        }
        finally
        {
            await Fixture.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Skips what is about commits that are made as they come.</summary>
    private protected void NeedsWriteThrough() => Assert.SkipUnless(Fixture.WritesThrough, "The store commits under a lease, and what cold does not have yet.");

    private protected static AuthPatch Set(AuthKey key, params byte[] value) => new AuthPatch().Set(key, value);

    private protected static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    private protected static async IAsyncEnumerable<AuthEntry> Entries(params (AuthKey Key, byte[] Value)[] entries)
    {
        foreach (var (key, value) in entries)
        {
            await Task.Yield();
            yield return new AuthEntry(key, value);
        }
    }

    private protected async Task<CommitReceipt> CommitAsync(AuthPatch patch) => await Store.CommitAsync(Session, patch, Cancel);

    private protected async Task<byte[]?> ValueAsync(AuthKey key, IAuthStateStore? store = null) =>
        (await (store ?? Store).GetAsync(Session, key, Cancel)).TryGetValue(out var value) ? value.ToArray() : null;

    /// <summary>The whole session as another process reads it, to compare before and after.</summary>
    private protected async Task<string> StateAsync(AuthSessionId? session = null)
    {
        await Fixture.SettleAsync();
        var other = (await Fixture.OpenAsync()).Store;
        var id = session ?? Session;
        var text = new StringBuilder().AppendLine($"{await other.FindSessionAsync(id, Cancel)}");
        await foreach (var record in other.EnumerateAsync(id, cancellationToken: Cancel))
            text.AppendLine($"{record.Key}@{record.Version}:{Convert.ToHexString(record.Value.Span)}");
        return text.ToString();
    }
}
