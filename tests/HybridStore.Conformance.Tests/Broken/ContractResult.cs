using System.Reflection;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>What came of one contract test.</summary>
internal sealed record ContractResult(MethodInfo Method, Exception? Failure)
{
    public string Name => $"{Method.DeclaringType!.Name.Split('`')[0]}.{Method.Name}";

    public IEnumerable<int> Promises => PromisesOf(Method);

    public static IEnumerable<int> PromisesOf(MethodInfo method) =>
        method.GetCustomAttributes<PromiseAttribute>().Concat(method.DeclaringType!.GetCustomAttributes<PromiseAttribute>()).SelectMany(p => p.Numbers).Distinct();
}
