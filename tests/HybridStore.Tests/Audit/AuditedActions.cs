using HybridStore.Conformance;
using HybridStore.Tests.Outbox;
using HybridStore.Tests.Support;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Audit;

/// <summary>A store that does, of each kind of action, one.</summary>
internal sealed class AuditedActions : IAsyncDisposable
{
    public const string PhoneNumber = "5511987654320.0";

    private readonly QueueFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-audited-").FullName;

    public AuditedActions(Action<AuditOptions> configure) => Store = _fixture.Start(o =>
    {
        o.Encryption.KeyRing.Enabled = true;
        o.History.MaxVersions = 10;
        configure(o.Audit);
        MasterKey = o.Encryption.MasterKey!;
    }).Store;

    /// <summary>All that a caller of the store can be refused. Closing is not: it is recorded, and done in any case. What is handed over to another store, the tool records.</summary>
    public static TheoryData<AuditKind> Kinds => [.. Enum.GetValues<AuditKind>().Where(static k => k is not (AuditKind.SessionClosed or AuditKind.SessionsMigrated))];

    public HybridAuthStore Store { get; }

    public ManualClock Clock => _fixture.Clock;

    public string MasterKey { get; private set; } = "";

    public AuthSessionId Session => _fixture.Session;

    public byte[] Value { get; } = System.Security.Cryptography.RandomNumberGenerator.GetBytes(200);

    /// <summary>Prepares an action.</summary>
    /// <returns>The action.</returns>
    public async Task<Func<Task>> PrepareAsync(AuditKind kind)
    {
        var (store, keys) = (Store, Store.KeyRing);
        await CommitAsync();
        switch (kind)
        {
            case AuditKind.SessionOpened:
                return async () => await (await store.OpenAsync(Session, Cancel)).DisposeAsync();
            case AuditKind.SessionImported:
                return async () => await store.ImportAsync(new AuthSessionId("clinic", "new"), StoreFixture.Entries(("session", PhoneNumber, Value)), Cancel);
            case AuditKind.SessionExported:
                return async () => Assert.NotEmpty(await StoreFixture.ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel)));
            case AuditKind.BackupWritten:
                return async () => await store.Backup.WriteAsync(new AuthBackupRequest(PathOf("a")) { KeysPath = PathOf("k"), Tenant = "clinic" }, Cancel);
            case AuditKind.SessionRestored:
                await store.Backup.WriteAsync(new AuthBackupRequest(PathOf("b")) { Session = Session }, Cancel);
                return async () => await store.Backup.RestoreAsync(new AuthRestoreRequest(PathOf("b")) { Replace = true }, Cancel);
            case AuditKind.SessionRolledBack:
                var version = (await store.FindSessionAsync(Session, Cancel))!.Version;
                await CommitAsync();
                return async () => await store.History.RollbackAsync(Session, version, Cancel);
            case AuditKind.SessionDeleted:
                return async () => await store.DeleteSessionAsync(Session, Cancel);
            case AuditKind.SessionErased:
                return async () => await store.Erasure.EraseAsync(Session, Cancel);
            case AuditKind.MasterKeyMade:
                return async () => await keys.RotateAsync(cancellationToken: Cancel);
            case AuditKind.MasterKeyRevoked:
                var former = await RotateAsync();
                return async () => await keys.RevokeAsync(former, Cancel);
            case AuditKind.MasterKeyDeleted:
                var unused = await RotateAsync();
                await keys.RewrapAsync(cancellationToken: Cancel);
                Clock.Advance(TimeSpan.FromDays(3));
                return async () => await keys.DeleteAsync(unused, Cancel);
            case AuditKind.DataKeysRewrapped:
                await RotateAsync();
                return async () => await keys.RewrapAsync(cancellationToken: Cancel);
            case AuditKind.Reencrypted:
                return async () => await keys.ReencryptAsync(new KeyJobRequest { Session = Session, NewDataKeys = true }, Cancel);
            case AuditKind.QuarantineExported:
                return async () => Assert.Null(await store.Quarantine.ReadAsync(Session, PhoneNumber, Cancel));
            case AuditKind.QuarantineDiscarded:
                return async () => Assert.False(await store.Quarantine.DiscardAsync(Session, PhoneNumber, Cancel));
            case AuditKind.OutboxDiscarded:
                return async () => await store.Outbox.DiscardAsync(Session, version: 4711, Cancel);
            case AuditKind.OutboxAbandoned:
                return async () => await store.Outbox.AbandonAsync(Session, Cancel);
            case AuditKind.RollbackAcknowledged:
                await store.Outbox.AbandonAsync(Session, Cancel);
                var session = await store.OpenAsync(Session, Cancel);
                return async () => await session.AcknowledgeRollbackAsync(Cancel);
            case AuditKind.ColdAccepted:
                var accepted = (await store.FindSessionAsync(Session, Cancel))!.Version;
                return async () => await store.Doctor.AcceptColdAsync(Session, accepted, Cancel);
            default:
                throw new InvalidOperationException($"{kind} has no action.");
        }
    }

    /// <summary>What is in cold, down to epochs and keys.</summary>
    public async Task<string> SnapshotAsync()
    {
        var lines = new List<string>();
        await foreach (var session in _fixture.RealCold.ListSessionsAsync(null, Cancel))
        {
            var read = await _fixture.RealCold.ReadAsync(session.Id, [], withDataKeys: true, Cancel);
            lines.Add($"{session.Id} {read.Head} {string.Join(' ', read.DataKeys.Select(static k => Convert.ToHexString(k.Bytes.Span)))}");
            await foreach (var record in _fixture.RealCold.EnumerateAsync(session.Id, null, Cancel))
                lines.Add($"{record.Key} {record.Version} {Convert.ToHexString(record.Envelope.Span)}");
        }

        var (version, ring) = await _fixture.RealCold.Keys!.ReadRingAsync(Cancel);
        lines.Add($"ring {version} {Convert.ToHexString(ring.Span)}");
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task CommitAsync() =>
        await Store.CommitAsync(Session, new AuthPatch().Set("session", PhoneNumber, Value).Set("app-state-sync-key", PhoneNumber, Guid.NewGuid().ToByteArray()), Cancel);

    // The key that was the active one.
    private async Task<string> RotateAsync()
    {
        var former = (await Store.KeyRing.ListAsync(Cancel))[0].Id;
        await Store.KeyRing.RotateAsync(cancellationToken: Cancel);
        return former;
    }

    private string PathOf(string name) => Path.Join(_folder, name);
}
