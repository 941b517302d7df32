using System.Reflection;

namespace HybridStore.Tests;

/// <summary>Who may know whom: the rules of the house, as far as an assembly shows them.</summary>
public class ArchitectureTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Core = typeof(HybridAuthStore).Assembly;

    [Fact]
    public void The_core_references_no_driver_and_no_adapter() =>
        Assert.All(
            Core.GetReferencedAssemblies(),
            a => Assert.True(
                a.Name is "Microsoft.Win32.Primitives" || a.Name!.StartsWith("System.", StringComparison.Ordinal) || a.Name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                || a.Name == "Polly.Core", a.Name));

    /// <summary>A contract's member that has a default is easily forgotten, and then the tier behind is never asked.</summary>
    [Fact]
    public void What_stands_before_a_tier_hands_on_every_member()
    {
        var forgotten =
            from type in Core.GetTypes()
            where type is { Namespace: "HybridStore.Resilience", IsClass: true, IsAbstract: false }
            from contract in type.GetInterfaces()
            where contract.Namespace == "HybridStore.Tiers"
            from method in type.GetInterfaceMap(contract).TargetMethods
            where method.DeclaringType != type
            select $"{type.Name}: {contract.Name}.{method.Name}";

        Assert.Empty(forgotten);
    }

    [Fact]
    public void The_codec_knows_no_tier() => AssertKnowsNothingOf("HybridStore.Codec", "HybridStore.Tiers", "HybridStore.InMemory", "HybridStore.Sessions");

    [Fact]
    public void Tiers_know_neither_the_codec_s_workings_nor_the_facade() =>
        Assert.All(
            KnownTypes("HybridStore.Tiers").Concat(KnownTypes("HybridStore.InMemory")).Where(t => t.Namespace == "HybridStore.Codec"),
            t => Assert.Contains(t.Name, (string[])["WrappedDataKey", "DataKeyId"]));

    [Fact]
    public void Coordination_has_neither_clock_nor_threads_nor_anything_to_wait_for() =>
        Assert.All(
            KnownTypes("HybridStore.Coordination"),
            t => Assert.False(
                t == typeof(TimeProvider) || t == typeof(SemaphoreSlim) || t == typeof(CancellationToken)
                || t.Name.StartsWith("Task", StringComparison.Ordinal) || t.Name.StartsWith("ValueTask", StringComparison.Ordinal)
                || t.Name.StartsWith("IColdTier", StringComparison.Ordinal) || t.Name.StartsWith("IHotTier", StringComparison.Ordinal),
                t.FullName));

    [Fact]
    public void Every_store_exception_is_sealed_and_says_whether_it_is_transient()
    {
        var exceptions = Core.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(AuthStoreException))).ToList();

        Assert.True(exceptions.Count >= 10);
        Assert.All(exceptions, t => Assert.True(t.IsSealed, t.Name));
    }

    private static void AssertKnowsNothingOf(string ns, params string[] others) =>
        Assert.All(KnownTypes(ns), t => Assert.DoesNotContain(t.Namespace ?? "", others));

    // The types of all fields, parameters, locals and results in a namespace.
    private static IEnumerable<Type> KnownTypes(string ns) =>
        from type in Core.GetTypes()
        where type.Namespace == ns
        from known in Fields(type).Concat(Methods(type))
        from leaf in Leaves(known)
        select leaf;

    private static IEnumerable<Type> Fields(Type type) => type.GetFields(Declared).Select(f => f.FieldType);

    private static IEnumerable<Type> Methods(Type type) =>
        from method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
        from known in method.GetParameters().Select(p => p.ParameterType)
            .Concat(method is MethodInfo info ? [info.ReturnType] : [])
            .Concat(method.GetMethodBody()?.LocalVariables.Select(l => l.LocalType) ?? [])
        select known;

    private static IEnumerable<Type> Leaves(Type type) =>
        type.HasElementType ? Leaves(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Leaves).Append(type)
        : [type];
}
