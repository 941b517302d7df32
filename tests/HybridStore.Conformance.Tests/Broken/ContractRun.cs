using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>Runs contracts as xunit does, without reporting to it: every fact, and every theory with all its data, each in an instance of its own.</summary>
internal static class ContractRun
{
    // A broken store may wait for ever for what it lost. Long, so that it never is the verdict on a sound one.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<ContractResult>> RunAsync(IEnumerable<Type> contracts)
    {
        var results = new List<ContractResult>();
        foreach (var contract in contracts)
        {
            foreach (var method in contract.GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is { Skip: null }))
            {
                await foreach (var arguments in DataOf(method))
                    results.Add(new ContractResult(method, await RunOneAsync(contract, method, arguments)));
            }
        }

        return results;
    }

    private static async IAsyncEnumerable<object?[]> DataOf(MethodInfo method)
    {
        var sources = method.GetCustomAttributes().OfType<IDataAttribute>().ToList();
        if (sources.Count == 0)
            yield return [];
        await using var tracker = new DisposalTracker();
        foreach (var source in sources)
        {
            foreach (var row in await source.GetData(method, tracker))
                yield return row.GetData();
        }
    }

    private static async Task<Exception?> RunOneAsync(Type contract, MethodInfo method, object?[] arguments)
    {
        try
        {
            var test = Activator.CreateInstance(contract)!;
            try
            {
                await ((IAsyncLifetime)test).InitializeAsync();
                var parameters = method.GetParameters();
                var converted = arguments.Select((a, i) => a is IConvertible && parameters[i].ParameterType.IsPrimitive ? Convert.ChangeType(a, parameters[i].ParameterType, null) : a);
                await ((Task)method.Invoke(test, [.. converted])!).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
            }
            finally
            {
                await ((IAsyncDisposable)test).DisposeAsync();
            }

            return null;
        }
        catch (Exception e)
        {
            return e.Message.StartsWith(DynamicSkipToken.Value, StringComparison.Ordinal) ? null : e;
        }
    }
}
