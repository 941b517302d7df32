using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests;

/// <summary>Leases go by the server's clock, whatever the clocks of the processes say.</summary>
public sealed class PostgreSqlColdTierLeaseClockTests : ColdTest
{
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

    [Fact]
    public async Task Lease_OfAnyLength_EndsWithTheCalendarAtTheLatest()
    {
        var tier = await OpenAsync();

        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "a name with \0 in it", TimeSpan.MaxValue, MayQueue: false), Cancel);

        Assert.Equal(9999, grant.Until.Year);
        Assert.True((await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromTicks(1), Cancel))[0]);
    }
}
