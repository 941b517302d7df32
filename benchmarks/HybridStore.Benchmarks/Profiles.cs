using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;

namespace HybridStore.Benchmarks;

/// <summary>For what takes nanoseconds: each in one process, compiled as a long-running process has it, with what it allocates.</summary>
public sealed class InMemoryProfile : ManualConfig
{
    /// <summary>Sets it up.</summary>
    public InMemoryProfile()
    {
        AddJob(Job.Default.WithLaunchCount(1).WithWarmupCount(6).WithIterationCount(15));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory);
        AddColumn(CategoriesColumn.Default);
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
            .WithLaunchCount(1)
            .WithWarmupCount(25)
            .WithIterationCount(60)
            .WithInvocationCount(1)
            .WithUnrollFactor(1));
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory);
        AddColumn(CategoriesColumn.Default, StatisticColumn.Median, StatisticColumn.Min);
    }
}
