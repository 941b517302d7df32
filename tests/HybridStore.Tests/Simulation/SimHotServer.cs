using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Simulation;

/// <summary>What hot tiers talk to.</summary>
/// <param name="budgetBytes">What one that can't queue holds.</param>
/// <param name="model">One that can; <see langword="null"/>: it can't.</param>
internal sealed class SimHotServer(long budgetBytes, ModelHotServer? model)
{
    private IHotTier _tier = new InMemoryHotTier(budgetBytes);

    public ModelHotServer? Model => model;

    /// <summary>Whether nobody reaches it.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether it has no room: it is read, and takes nothing.</summary>
    public bool IsFull { get; set; }

    /// <summary>How often it lost everything in the middle of a run.</summary>
    public int Emptied { get; private set; }

    /// <summary>One that can queue loses everything, and is the same run all the same.</summary>
    public void Flush()
    {
        Emptied++;
        model!.Flush();
    }

    /// <summary>Connects a process.</summary>
    public Func<IHotTier> Connect()
    {
        if (model is null)
            return () => _tier;
        var connection = model.Connect();
        return () => connection;
    }

    /// <summary>One that can't queue comes back empty, under another run.</summary>
    public void Restart() => _tier = new InMemoryHotTier(budgetBytes);
}
