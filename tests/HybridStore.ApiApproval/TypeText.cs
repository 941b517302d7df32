using System.Reflection;
using System.Runtime.CompilerServices;

namespace HybridStore.ApiApproval;

/// <summary>Writes types as C# does, with what may be null.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Words = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long",
        [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint",
    };

    public static string Of(Type type) => Of(type, null);

    public static string Of(FieldInfo field) => Of(field.FieldType, Nullability.Create(field));

    public static string Of(PropertyInfo property) => Of(property.PropertyType, Nullability.Create(property));

    public static string Of(EventInfo changed) => Of(changed.EventHandlerType!, Nullability.Create(changed));

    public static string Of(ParameterInfo parameter) => Of(parameter.ParameterType, Nullability.Create(parameter));

    public static string Return(MethodInfo method) => Of(method.ReturnParameter);

    public static string Constraints(Type[] parameters)
    {
        var text = "";
        foreach (var parameter in parameters.Where(p => p.IsGenericParameter))
        {
            var attributes = parameter.GenericParameterAttributes;
            var said = new List<string>();
            if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
                said.Add("struct");
            else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
                said.Add("class");
            said.AddRange(parameter.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(Of));
            if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
                said.Add("new()");
            if (said.Count > 0)
                text += $" where {parameter.Name} : {string.Join(", ", said)}";
        }

        return text;
    }

    private static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!, nullability);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value, nullability?.GenericTypeArguments is [var inner] ? inner : null) + "?";
        var mark = !type.IsValueType && nullability is { } known && (known.ReadState == NullabilityState.Nullable || known.WriteState == NullabilityState.Nullable) ? "?" : "";
        if (type.IsPointer)
            return Of(type.GetElementType()!) + "*";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (Words.TryGetValue(type, out var word))
            return word + mark;
        if (!type.IsGenericType)
            return Name(type) + mark;

        var arguments = type.GetGenericArguments().Select((argument, i) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return type.IsAssignableTo(typeof(ITuple)) && type.IsValueType
            ? $"({string.Join(", ", arguments)})"
            : $"{Name(type)}<{string.Join(", ", arguments)}>{mark}";
    }

    private static string Name(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type is { IsNested: true, IsGenericParameter: false } ? $"{Name(type.DeclaringType!)}.{name}" : name;
    }
}
