using HybridStore.FaultLab.Proxy;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens between bots and servers.</summary>
internal static class WayFaults
{
    public static IEnumerable<Fault> Of(Lab lab)
    {
        foreach (var fault in Enum.GetValues<ProxyFault>())
        {
            if (fault != ProxyFault.None)
                yield return new Fault($"connection{fault}", Lane.Ways, random => StrikeAsync(lab, fault, random));
        }

        yield return new Fault("connectionsCutToBoth", Lane.Ways, random => CutBothAsync(lab, random));
    }

    private static async Task StrikeAsync(Lab lab, ProxyFault fault, Random random)
    {
        FaultProxy[] ways = [.. lab.Setups.SelectMany(s => (FaultProxy?[])[lab.Ways[s.Name].Redis, lab.Ways[s.Name].Cold]).OfType<FaultProxy>()];
        if (ways.Length == 0)
            return;
        var way = ways[random.Next(ways.Length)];
        way.Set(fault);
        await Wait.SomeAsync(random, 300, 3000);
        way.Set(ProxyFault.None);
    }

    private static async Task CutBothAsync(Lab lab, Random random)
    {
        var (hot, cold) = lab.Ways[lab.Setups[random.Next(lab.Setups.Count)].Name];
        hot?.Set(ProxyFault.Refuse);
        cold?.Set(ProxyFault.Refuse);
        await Wait.SomeAsync(random, 300, 2500);
        hot?.Set(ProxyFault.None);
        cold?.Set(ProxyFault.None);
    }
}
