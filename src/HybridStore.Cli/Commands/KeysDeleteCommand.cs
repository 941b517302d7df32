using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Deletes a master key that nothing names any more.</summary>
internal sealed class KeysDeleteCommand : MasterKeyCommand
{
    public KeysDeleteCommand()
        : base("delete", "Delete a master key from the ring, for good. One that a data key names is not deleted. Backups of data keys that name it can't be opened any more.") =>
        new YesOption("Yes, delete it.", "Nothing was deleted: a deleted key is gone for good, and backups may need it.").AddTo(this);

    protected override async Task<KeyChangeReport> ChangeAsync(HybridAuthStore store, string id, CancellationToken cancellationToken)
    {
        await store.KeyRing.DeleteAsync(id, cancellationToken);
        return new KeyChangeReport(id, "deleted");
    }
}
