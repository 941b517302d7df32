using System.Reflection;
using HybridStore.Tiers;

namespace HybridStore.Baileys.Tests;

/// <summary>A cold tier that counts how often it is asked for records.</summary>
public class ReadCounter : DispatchProxy
{
    private IColdTier _inner = null!;

    public int Reads { get; private set; }

    public static (IColdTier Tier, ReadCounter Counter) Of(IColdTier inner)
    {
        var tier = Create<IColdTier, ReadCounter>();
        var counter = (ReadCounter)(object)tier;
        counter._inner = inner;
        return (tier, counter);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IColdTier.ReadAsync))
            Reads++;
        return targetMethod.Invoke(_inner, args);
    }
}
