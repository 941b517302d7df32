using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace HybridStore.Redis.Tests.Support;

/// <summary>
/// Mends StackExchange.Redis before 2.0 for the tests of a feed that has no newer one. There, a message whose connection fails twice at the right moment gives
/// its result box back to a pool of the whole process twice: from then on two calls share a box, and one gets the other's answer and the other none. It happens
/// only where an answer is handed out on the thread that reads; here none is.
/// </summary>
internal static class OldClient
{
    [ModuleInitializer]
    internal static void Mend()
    {
        var isSyncSafe = Type.GetType("StackExchange.Redis.TaskSource, StackExchange.Redis")?.GetField("IsSyncSafe", BindingFlags.Public | BindingFlags.Static);
        if (isSyncSafe is null)
            return;
        RuntimeHelpers.RunClassConstructor(isSyncSafe.DeclaringType!.TypeHandle);

        // The field is read-only, which reflection respects.
        var set = new DynamicMethod("Set", null, [typeof(Func<Task, bool>)], isSyncSafe.DeclaringType, skipVisibility: true);
        var code = set.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Stsfld, isSyncSafe);
        code.Emit(OpCodes.Ret);
        set.CreateDelegate<Action<Func<Task, bool>>>()(static _ => false);
        if (((Func<Task, bool>)isSyncSafe.GetValue(null)!)(Task.CompletedTask))
            throw new InvalidOperationException("StackExchange.Redis could not be mended for the tests.");
    }
}
