using System.Text;
using System.Text.Json.Nodes;
using HybridStore.Tests.Support;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>Paired credentials keep their identity, unless the commit says that it may change.</summary>
public sealed class IdentityTests : IAsyncDisposable
{
    private const string Paired = """
        {"noiseKey":{"private":"n","public":"N"},"signedIdentityKey":{"private":"s","public":"S"},"registrationId":17,
         "advSecretKey":"adv","me":{"id":"5511:1@s.whatsapp.net","name":"bot"},"nextPreKeyId":31}
        """;

    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    [Theory]
    [InlineData("noiseKey", """{"noiseKey":{"private":"x","public":"N"}}""")]
    [InlineData("signedIdentityKey", """{"signedIdentityKey":null}""")]
    [InlineData("registrationId", """{"registrationId":"17"}""")]
    [InlineData("advSecretKey", """{"advSecretKey":"other"}""")]
    [InlineData("me.id", """{"me":{"id":"5522:1@s.whatsapp.net","name":"bot"}}""")]
    [InlineData("me.id", """{"me":{"name":"bot"}}""")]
    [InlineData("me.id", """{"me":"5511:1@s.whatsapp.net"}""")]
    public async Task Each_guarded_field_is_kept(string field, string change)
    {
        await using var session = await OpenPairedAsync();

        var e = await Assert.ThrowsAsync<IdentityOverwriteException>(async () => await session.CommitAsync(Creds(With(change)), Cancel));
        await Assert.ThrowsAsync<IdentityOverwriteException>(() => session.SaveCredentialsAsync(With(change), Cancel));

        Assert.Equal(field, e.Field);
        Assert.Equal(1, (await session.GetCredentialsAsync(Cancel)).Version);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Paired_credentials_are_not_replaced_by_something_that_is_none(string text)
    {
        await using var session = await OpenPairedAsync();

        var e = await Assert.ThrowsAsync<IdentityOverwriteException>(async () => await session.CommitAsync(Creds(Encoding.UTF8.GetBytes(text)), Cancel));

        Assert.Null(e.Field);
    }

    [Fact]
    public async Task Paired_credentials_are_not_deleted_and_nothing_of_the_patch_is_kept()
    {
        await using var session = await OpenPairedAsync();

        await Assert.ThrowsAsync<IdentityOverwriteException>(
            async () => await session.CommitAsync(new AuthPatch().Delete(AuthKey.Creds).Set("session", "a", new byte[] { 1 }), Cancel));

        Assert.True((await session.GetCredentialsAsync(Cancel)).Exists);
        Assert.False((await session.GetAsync("session", "a", Cancel)).Exists);
    }

    [Fact]
    public async Task A_refusal_shows_no_value()
    {
        await using var session = await OpenPairedAsync();

        var e = await Assert.ThrowsAsync<IdentityOverwriteException>(async () => await session.CommitAsync(Creds(With("""{"advSecretKey":"hush"}""")), Cancel));

        Assert.DoesNotContain("hush", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"adv\"", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"nextPreKeyId":62}""")]
    [InlineData("""{"me":{"id":"5511:1@s.whatsapp.net","name":"another name","lid":"7@lid"}}""")]
    [InlineData("""{"noiseKey":{"public":"N","private":"n"},"new":[1,2]}""")]
    public async Task Everything_else_changes_freely(string change)
    {
        await using var session = await OpenPairedAsync();

        Assert.Equal(2, (await session.SaveCredentialsAsync(With(change), Cancel)).Version);
    }

    [Fact]
    public async Task Unpaired_credentials_change_freely()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);

        await session.CommitAsync(Creds(Json(new { noiseKey = "one" })), Cancel);
        await session.CommitAsync(Creds(Json(new { noiseKey = "two", me = new { } })), Cancel);
        await session.CommitAsync(new AuthPatch().Delete(AuthKey.Creds), Cancel);
        await session.CommitAsync(Creds("not json"u8.ToArray()), Cancel);

        Assert.Equal(5, (await session.CommitAsync(Creds(Encoding.UTF8.GetBytes(Paired)), Cancel)).Version);
    }

    [Fact]
    public async Task A_change_that_is_allowed_is_made_and_its_repeat_returns_the_first_receipt()
    {
        await using var session = await OpenPairedAsync();
        var pairing = Creds(With("""{"noiseKey":"two"}""")).AllowIdentityChange();
        var first = await session.CommitAsync(pairing, Cancel);
        await session.CommitAsync(Creds(With("""{"noiseKey":"three"}""")).AllowIdentityChange(), Cancel);

        Assert.Equal(first with { IsRepeat = true }, await session.CommitAsync(pairing, Cancel));
        Assert.Equal(3, (await session.GetCredentialsAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_repeat_of_an_innocent_patch_after_an_allowed_change_returns_the_first_receipt()
    {
        await using var session = await OpenPairedAsync();
        var patch = Creds(With("""{"nextPreKeyId":62}"""));
        var first = await session.CommitAsync(patch, Cancel);
        await session.CommitAsync(Creds(With("""{"noiseKey":"two"}""")).AllowIdentityChange(), Cancel);

        Assert.Equal(first with { IsRepeat = true }, await session.CommitAsync(patch, Cancel));

        // And one that is not known is refused, though its author says that it may be.
        await Assert.ThrowsAsync<IdentityOverwriteException>(
            async () => await session.CommitAsync(new AuthPatch(CommitId.New()).Set(AuthKey.Creds, With("""{"nextPreKeyId":63}""")), Cancel));
        Assert.Equal(3, (await session.GetCredentialsAsync(Cancel)).Version);
    }

    [Fact]
    public async Task Fields_are_named_by_options()
    {
        var (store, _, _) = _fixture.Open(configure: o => (o.Credentials.PairedField, o.Credentials.IdentityFields) = ("device.jid", ["device.key"]));
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Creds(Json(new { device = new { jid = "1", key = "k" }, noiseKey = "n" })), Cancel);

        await session.CommitAsync(Creds(Json(new { device = new { jid = "2", key = "k" }, noiseKey = "m" })), Cancel);
        var e = await Assert.ThrowsAsync<IdentityOverwriteException>(
            async () => await session.CommitAsync(Creds(Json(new { device = new { jid = "2", key = "l" } })), Cancel));

        Assert.Equal("device.key", e.Field);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_can_be_switched_off(bool byPairedField)
    {
        await using var session = await OpenPairedAsync(o =>
        {
            if (byPairedField)
                o.Credentials.PairedField = "";
            else
                o.Credentials.IdentityFields = [];
        });

        Assert.Equal(2, (await session.CommitAsync(new AuthPatch().Delete(AuthKey.Creds), Cancel)).Version);
    }

    [Fact]
    public async Task A_pairing_by_another_process_in_between_is_seen()
    {
        var (one, cold, _) = _fixture.Open();
        var (two, _, _) = _fixture.Open();
        await one.CommitAsync(Session, Creds(Json(new { noiseKey = "mine" })), Cancel);
        cold.BeforeCommit = async _ =>
        {
            cold.BeforeCommit = null;
            await two.CommitAsync(Session, Creds(Encoding.UTF8.GetBytes(Paired)), Cancel);
        };

        await Assert.ThrowsAsync<IdentityOverwriteException>(async () => await one.CommitAsync(Session, Creds(Json(new { noiseKey = "mine", n = 2 })), Cancel));

        Assert.Equal(Paired, Encoding.UTF8.GetString((await one.GetAsync(Session, AuthKey.Creds, Cancel)).Value.Span));
    }

    [Fact]
    public async Task A_save_by_another_process_in_between_is_no_conflict()
    {
        var (one, cold, _) = _fixture.Open();
        var (two, _, _) = _fixture.Open();
        await one.CommitAsync(Session, Creds(Encoding.UTF8.GetBytes(Paired)), Cancel);
        cold.BeforeCommit = async _ =>
        {
            cold.BeforeCommit = null;
            await two.CommitAsync(Session, Creds(With("""{"nextPreKeyId":62}""")), Cancel);
        };

        Assert.Equal(3, (await one.CommitAsync(Session, Creds(With("""{"nextPreKeyId":63}""")), Cancel)).Version);
    }

    [Fact]
    public async Task Late_credentials_do_not_bring_a_deleted_session_back()
    {
        var (bot, _, _) = _fixture.Open();
        await bot.CommitAsync(Session, Creds(Json(new { n = 1 })), Cancel);
        await _fixture.Open().Store.DeleteSessionAsync(Session, Cancel);

        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<IncarnationEndedException>(async () => await bot.CommitAsync(Session, Creds(Json(new { n = 2 })), Cancel));

        Assert.Null(await bot.FindSessionAsync(Session, Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static AuthPatch Creds(byte[] value) => new AuthPatch().Set(AuthKey.Creds, value);

    private static byte[] With(string change)
    {
        var credentials = JsonNode.Parse(Paired)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            credentials[name] = value?.DeepClone();
        return Encoding.UTF8.GetBytes(credentials.ToJsonString());
    }

    private async Task<AuthSession> OpenPairedAsync(Action<HybridAuthStoreOptions>? configure = null)
    {
        var session = await _fixture.Open(configure: configure).Store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Creds(Encoding.UTF8.GetBytes(Paired)), Cancel);
        return session;
    }
}
