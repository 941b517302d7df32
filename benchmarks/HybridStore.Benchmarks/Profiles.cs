using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace HybridStore.Benchmarks;

/// <summary>For what takes nanoseconds: in this process, so that both sides share what disturbs it, and with what it allocates.</summary>
public sealed class InMemoryProfile : ManualConfig
{
    /// <summary>Sets it up.</summary>
    public InMemoryProfile()
    {
        AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(12).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(200)));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory);
        AddColumn(CategoriesColumn.Default, StatisticColumn.Median, StatisticColumn.Min);
    }
}

/// <summary>For what waits for the disk, which is never twice the same: many short iterations, each on its own, and the median beside the mean.</summary>
public sealed class DiskProfile : ManualConfig
{
    /// <summary>Sets it up.</summary>
    public DiskProfile()
    {
        AddJob(Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithToolchain(InProcessNoEmitToolchain.Instance)
            .WithWarmupCount(10)
            .WithIterationCount(40)
            .WithInvocationCount(1)
            .WithUnrollFactor(1));
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory);
        AddColumn(CategoriesColumn.Default, StatisticColumn.Median, StatisticColumn.Min);
    }
}

/// <summary>For calls to a server on this machine: each iteration many calls, both sides in turn in one process, and the median beside the mean.</summary>
public sealed class ServerProfile : ManualConfig
{
    /// <summary>Sets it up.</summary>
    public ServerProfile()
    {
        AddJob(Job.Default
            .WithStrategy(RunStrategy.Monitoring)
            .WithToolchain(InProcessNoEmitToolchain.Instance)
            .WithWarmupCount(5)
            .WithIterationCount(20)
            .WithInvocationCount(1)
            .WithUnrollFactor(1));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(StatisticColumn.Median, StatisticColumn.Min);
    }
}
