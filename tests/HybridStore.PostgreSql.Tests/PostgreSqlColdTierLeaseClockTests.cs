using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests;

/// <summary>Leases go by the server's clock, whatever the clocks of the processes say.</summary>
public sealed class PostgreSqlColdTierLeaseClockTests : ColdTest
{
    private static readonly string MasterKeyText = Codec.MasterKey.Generate().ToBase64();

    [Fact]
    public async Task Lease_RunsOutByTheServersClock()
    {
        var tier = await OpenAsync();
        var before = (DateTime)(await Schema.ExecuteAsync("SELECT clock_timestamp()"))!;
        var held = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "one", TimeSpan.FromHours(1), MayQueue: false), Cancel);
        var after = (DateTime)(await Schema.ExecuteAsync("SELECT clock_timestamp()"))!;

        Assert.InRange(held.Until - TimeSpan.FromHours(1), before, after);
        Assert.False((await AcquireAsync("two")).Granted);

        // Time passes on the server alone.
        await Schema.ExecuteAsync("UPDATE hybridstore.session SET lease_until = clock_timestamp() - interval '1 millisecond'");
        Assert.True((await AcquireAsync("two")).Granted);

        async Task<LeaseGrant> AcquireAsync(string holder) => await tier.Leases.AcquireAsync(new LeaseRequest(Session, holder, TimeSpan.FromHours(1), MayQueue: false), Cancel);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Sessions_OfProcessesWhoseClocksAreAnHourApart_AreHeldInTurn(int hours)
    {
        await using var here = await OpenStoreAsync(TimeProvider.System);
        await using var there = await OpenStoreAsync(new ShiftedClock(TimeSpan.FromHours(hours)));

        for (var round = 1; round <= 2; round++)
        {
            await HoldAsync(here, there, 2 * round - 1);
            await HoldAsync(there, here, 2 * round);
        }

        async Task<HybridAuthStore> OpenStoreAsync(TimeProvider clock)
        {
            var cold = Keep(new PostgreSqlColdTier(await SharedServer.ConnectionStringAsync(), Schema.Options, clock));
            var options = new HybridAuthStoreOptions();
            options.Encryption.MasterKey = MasterKeyText;
            options.Encryption.Cipher = Codec.EnvelopeCipher.Aes256Gcm;
            options.Lease.AcquireTimeout = TimeSpan.Zero;
            return new HybridAuthStore(cold, hot: null, options, clock);
        }

        static async Task HoldAsync(HybridAuthStore holder, HybridAuthStore other, int version)
        {
            await using var session = await holder.OpenAsync(Session, Cancel);
            await Assert.ThrowsAsync<SessionHeldException>(async () => await other.OpenAsync(Session, Cancel));
            await Assert.ThrowsAsync<FencedException>(async () => await other.CommitAsync(Session, new AuthPatch().Set("session", "a", new byte[] { 0 }), Cancel));

            Assert.Equal(version, (await session.CommitAsync(new AuthPatch().Set("session", "a", new[] { (byte)version }), Cancel)).Version);

            Assert.True(session.HoldsLease);
            Assert.Equal((byte)version, (await other.GetAsync(Session, Record("a"), Cancel)).Value.Span[0]);
        }
    }

    [Fact]
    public async Task Lease_OfAnyLength_EndsWithTheCalendarAtTheLatest()
    {
        var tier = await OpenAsync();

        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "a name with \0 in it", TimeSpan.MaxValue, MayQueue: false), Cancel);

        Assert.Equal(9999, grant.Until.Year);
        Assert.True((await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromTicks(1), Cancel))[0]);
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
