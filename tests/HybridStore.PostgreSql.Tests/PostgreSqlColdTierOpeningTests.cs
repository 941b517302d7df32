using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests;

/// <summary>What is found at the start: nothing, a schema of another age, missing rights, no server.</summary>
public sealed class PostgreSqlColdTierOpeningTests : ColdTest
{
    [Fact]
    public async Task Initialize_ManyProcessesAtOnce_MakeOneSchema()
    {
        var tiers = new List<PostgreSqlColdTier>();
        for (var i = 0; i < 16; i++)
            tiers.Add(await OpenAsync());

        await Task.WhenAll(tiers.Select(t => Task.Run(async () => await t.InitializeAsync(Cancel), Cancel)));

        Assert.Equal(1L, await Schema.ExecuteAsync("SELECT count(*) FROM hybridstore.schema_version"));
        Assert.Equal(PostgreSqlSchema.Version, await Schema.ExecuteAsync("SELECT number FROM hybridstore.schema_version"));
        await tiers[0].CommitAsync(Creation(Patch(Set("a"))), Cancel);
        Assert.True((await tiers[15].ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    [Fact]
    public async Task Open_TwoSchemasOfOneDatabase_DoNotSeeEachOther()
    {
        await using var other = new TestSchema();
        var (one, two) = (await OpenAsync(), await OpenAsync(o => o.Schema = other.Name, await SharedServer.ConnectionStringAsync()));
        await one.CommitAsync(Creation(Patch(Set("a"))), Cancel);

        Assert.Null((await two.ReadAsync(Session, [Record("a")], false, Cancel)).Head);
        Assert.Empty(await ToListAsync(two.ListSessionsAsync(null, Cancel)));
        Assert.Equal(ColdCommitStatus.Committed, (await two.CommitAsync(Creation(Patch(Set("b"))), Cancel)).Status);
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedUnlessItSaysThatThisLibraryCanWorkWithIt()
    {
        await (await OpenAsync()).CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await Schema.ExecuteAsync($"UPDATE hybridstore.schema_version SET number = {PostgreSqlSchema.Version + 1}");
        Assert.NotNull((await (await OpenAsync()).ReadAsync(Session, [], false, Cancel)).Head);

        await Schema.ExecuteAsync($"UPDATE hybridstore.schema_version SET readable_from = {PostgreSqlSchema.Version + 1}");
        var refusal = await RefusedAsync(await OpenAsync());

        Assert.Equal(StoreUnusableReason.NewerSchema, refusal.Reason);
        Assert.Equal(PostgreSqlSchema.Version + 1, await Schema.ExecuteAsync("SELECT number FROM hybridstore.schema_version"));
    }

    [Fact]
    public async Task Open_SchemaOfAnotherProgram_IsRefusedAndNotTouched()
    {
        await Schema.ExecuteAsync($"CREATE SCHEMA {Schema.Name}");
        await Schema.ExecuteAsync("CREATE TABLE hybridstore.session (mine int)");

        Assert.Equal(StoreUnusableReason.NotOurs, (await RefusedAsync(await OpenAsync())).Reason);
        Assert.Equal(1L, await Schema.ExecuteAsync($"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{Schema.Name}'"));
    }

    [Fact]
    public async Task Open_WithoutMigrating_SaysThatTheSchemaIsMissing()
    {
        var refusal = await RefusedAsync(await OpenAsync(o => o.Migrates = false));

        Assert.Equal(StoreUnusableReason.NotFound, refusal.Reason);
        await (await OpenAsync()).InitializeAsync(Cancel);
        await (await OpenAsync(o => o.Migrates = false)).InitializeAsync(Cancel);
    }

    [Fact]
    public async Task Open_RoleWithoutTheRightToCreate_WorksOnceTheSchemaIsThereAndItsRightsAreGranted()
    {
        var role = $"role_{Guid.NewGuid():N}";
        var connection = new NpgsqlConnectionStringBuilder(await SharedServer.ConnectionStringAsync()) { Username = role, Password = "word of the role" }.ConnectionString;
        await Schema.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'word of the role'");
        try
        {
            Assert.Contains("CREATE on database", (await RefusedAsync(await AsRoleAsync())).Message, StringComparison.Ordinal);

            await (await OpenAsync()).InitializeAsync(Cancel);
            await Schema.ExecuteAsync($"GRANT USAGE ON SCHEMA {Schema.Name} TO {role}");
            await Schema.ExecuteAsync($"GRANT SELECT ON ALL TABLES IN SCHEMA {Schema.Name} TO {role}");
            await Schema.ExecuteAsync($"GRANT INSERT, UPDATE, DELETE ON hybridstore.session, hybridstore.data_key, hybridstore.tombstone, hybridstore.unowned, hybridstore.history, hybridstore.history_version, hybridstore.history_record, hybridstore.key_ring TO {role}");
            await Schema.ExecuteAsync($"GRANT INSERT, UPDATE ON hybridstore.record TO {role}");
            var refusal = await RefusedAsync(await AsRoleAsync());
            Assert.Equal(StoreUnusableReason.ReadOnly, refusal.Reason);
            Assert.Contains(": DELETE on table record, USAGE on sequence session_id.", refusal.Message, StringComparison.Ordinal);

            await Schema.ExecuteAsync($"GRANT DELETE ON hybridstore.record TO {role}");
            await Schema.ExecuteAsync($"GRANT USAGE ON SEQUENCE hybridstore.session_id TO {role}");
            var tier = await AsRoleAsync();
            Assert.Equal(ColdCommitStatus.Committed, (await tier.ImportAsync(Import(Records(10)), Cancel)).Status);
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(Commit(Patch(Set("a"), Delete("000001"))), Cancel)).Status);
            Assert.True((await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel)).Granted);
            Assert.True((await tier.DeleteSessionAsync(Session, Cancel)).Existed);
            await tier.Store.Purge.Running;
            Assert.Equal(0L, await Schema.ExecuteAsync("SELECT count(*) FROM hybridstore.record"));

            // Taken away while it runs: whoever can queue goes on, and hears what is missing.
            await Schema.ExecuteAsync($"REVOKE INSERT ON hybridstore.session FROM {role}");
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(CreationOf(new AuthSessionId("t", "s"), Patch(Set("a"))), Cancel));
            Assert.Equal(StoreUnusableReason.ReadOnly, Assert.IsType<StoreUnusableException>(error.InnerException).Reason);
        }
        finally
        {
            await Schema.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }

        Task<PostgreSqlColdTier> AsRoleAsync() => OpenAsync(o => o.Schema = Schema.Name, connection);
    }

    [Theory]
    [InlineData("Password=wrong-word", StoreUnusableReason.ReadOnly)]
    [InlineData("Username=nobody-here;Password=wrong-word", StoreUnusableReason.ReadOnly)]
    [InlineData("Database=not_there", StoreUnusableReason.NotFound)]
    public async Task Open_WithWhatTheServerRefuses_IsUnusableAndShowsNoPassword(string difference, StoreUnusableReason reason)
    {
        var refusal = await RefusedAsync(await OpenAsync(connectionString: $"{await SharedServer.ConnectionStringAsync()};{difference}"));

        Assert.Equal(reason, refusal.Reason);
        Assert.DoesNotContain("wrong-word", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgreSqlServer.Password, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoServer_IsUnavailableAndTriedAgainByTheNextCall()
    {
        var port = PostgreSqlServer.FreePort();
        var tier = Keep(new PostgreSqlColdTier(PostgreSqlServer.ConnectionStringTo(port)));

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [], false, Cancel));
            Assert.Contains($"127.0.0.1:{port}/postgres did not answer (open): the connection failed (ConnectionRefused).", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(PostgreSqlServer.Password, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Commit_SchemaWasDroppedMeanwhile_IsNeverMadeAnewEmpty()
    {
        var tier = await OpenAsync();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await Schema.ExecuteAsync($"DROP SCHEMA {Schema.Name} CASCADE");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        Assert.Equal(StoreUnusableReason.NotFound, Assert.IsType<StoreUnusableException>(error.InnerException).Reason);
        Assert.Equal(0L, await Schema.ExecuteAsync($"SELECT count(*) FROM pg_namespace WHERE nspname = '{Schema.Name}'"));
    }

    private static async Task<StoreUnusableException> RefusedAsync(PostgreSqlColdTier tier) =>
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.InitializeAsync(Cancel));
}
