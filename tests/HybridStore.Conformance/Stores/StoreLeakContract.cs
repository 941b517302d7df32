using System.Security.Cryptography;
using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Stores;

/// <summary>A run through all that a store does, with values that can be told from anything else; the fixture searches what it leaves behind for them.</summary>
/// <typeparam name="TFixture">Opens the store; one with <see cref="AuthStoreFixture.SearchAsync"/>.</typeparam>
public abstract class StoreLeakContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Reads, commits, refusals, outages, damage, repeats and the session's end show none of the run's secrets.</summary>
    [Fact]
    [Promise(10)]
    public async Task WholeRun_ShowsNoSecret()
    {
        var credentials = Json();
        await CommitAsync(new AuthPatch().Set(AuthKey.Creds, credentials).Set(A, Key()).Set(B, Json(3000)));
        for (var i = 0; i < 20; i++)
            await CommitAsync(new AuthPatch().Set("pre-key", $"{i}", Key()).Set("sender-key", $"{i}", Json(400)));
        await Store.ImportAsync(new AuthSessionId("clinic", "imported"), Entries((A, Key()), (B, Json(20_000))), Cancel);

        // Read by another process, so that it goes through the tiers.
        var other = await Fixture.OpenAsync();
        await other.Store.GetManyAsync(Session, [AuthKey.Creds, A, B, new AuthKey("pre-key", "7")], Cancel);
        Assert.True((await ToListAsync(Store.EnumerateAsync(Session, cancellationToken: Cancel))).Count >= 40);
        Assert.All(await ToListAsync(Store.VerifyAsync(Session, Cancel)), c => Assert.Null(c.Fault));

        // Refused.
        var refused = Set(A, Key()).Expect(A, 4711);
        await Assert.ThrowsAsync<CommitConflictException>(() => CommitAsync(refused));
        await Assert.ThrowsAsync<SessionExistsException>(async () => await Store.ImportAsync(new AuthSessionId("clinic", "imported"), Entries((A, Key())), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(
            async () => await Store.ImportAsync(new AuthSessionId("clinic", "twice"), Entries((A, Key()), (A, Key())), Cancel));
        await Assert.ThrowsAnyAsync<Exception>(async () => await Store.CommitAsync(default, Set(A, Key()), Cancel));

        // Nothing answers, or only half.
        await Fixture.SettleAsync();
        if (Opened.Cold is { } cold)
        {
            cold.Probe.TakeDown("cold");
            Opened.Hot?.Probe.TakeDown("hot");
            await Record.ExceptionAsync(() => CommitAsync(Set(A, Key())));
            await Record.ExceptionAsync(async () => await Store.GetAsync(Session, new AuthKey("pre-key", "3"), Cancel));
            await Record.ExceptionAsync(() => ToListAsync(Store.EnumerateAsync(Session, cancellationToken: Cancel)));
            cold.Probe.Restore();
            Opened.Hot?.Probe.Restore();

            var lost = Set(B, Key());
            cold.Probe.After = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(Session, lost.CommitId, null) : Task.CompletedTask;
            await Record.ExceptionAsync(() => CommitAsync(lost));
            cold.Probe.Restore();
            await CommitAsync(lost);

            // Damaged: cut, changed, and what is no envelope at all.
            await Fixture.SettleAsync();
            foreach (var damage in (Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>[])[e => e[..^5], e => e[..20], e => RandomNumberGenerator.GetBytes(e.Length), _ => default])
            {
                var (store, itsCold, itsHot) = await Fixture.OpenAsync();
                itsHot?.Probe.TakeDown("hot");
                itsCold!.OnAnswer = read => new ColdRead
                {
                    Head = read.Head, LastEndedIncarnation = read.LastEndedIncarnation, DataKeys = read.DataKeys, Records = [.. read.Records.Select(r => r with { Envelope = damage(r.Envelope) })],
                };
                await Assert.ThrowsAsync<EnvelopeException>(async () => await store.GetAsync(Session, A, Cancel));
            }
        }

        await Store.DeleteSessionAsync(Session, Cancel);
        Assert.False((await Store.GetAsync(Session, A, Cancel)).Exists);
    }

    private static byte[] Key() => RandomNumberGenerator.GetBytes(32);

    // As credentials are: JSON with keys in base64.
    private static byte[] Json(int bytes = 600)
    {
        var json = new StringBuilder("{\"keys\":[");
        while (json.Length < bytes)
            json.Append('"').Append(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))).Append("\",");
        return Encoding.UTF8.GetBytes(json.Append("\"\"]}").ToString());
    }
}
