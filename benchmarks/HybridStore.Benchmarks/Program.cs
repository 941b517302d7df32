using BenchmarkDotNet.Running;
using HybridStore.Benchmarks.Paired;

if (args is ["paired", ..])
    return await PairedComparisons.RunAsync(args);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
