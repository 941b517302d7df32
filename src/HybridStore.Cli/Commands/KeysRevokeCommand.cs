using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Revokes a master key.</summary>
internal sealed class KeysRevokeCommand : MasterKeyCommand
{
    public KeysRevokeCommand()
        : base("revoke", "Revoke a master key of the ring: sessions whose data keys are still under it do not open until `keys rotate --rewrap-only` was run.") =>
        new YesOption("Yes, revoke it.", "Nothing was revoked: a revoked key opens no session any more.").AddTo(this);

    protected override async Task<KeyChangeReport> ChangeAsync(HybridAuthStore store, string id, CancellationToken cancellationToken)
    {
        var key = await store.KeyRing.RevokeAsync(id, cancellationToken);
        return new KeyChangeReport(key.Id, Failure.CamelCase(key.State.ToString()));
    }
}
