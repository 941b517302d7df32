using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HybridStore.ApiApproval;

/// <summary>Writes what users of an assembly can see of it, in an order of its own: types and members by name, not as they stand in the source.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What the compiler writes for itself; it says nothing that the signature doesn't.
    private static readonly HashSet<string> Unsaid =
    [
        nameof(CompilerGeneratedAttribute), nameof(NullableAttribute), nameof(NullableContextAttribute), nameof(NullablePublicOnlyAttribute), nameof(IsReadOnlyAttribute),
        nameof(ExtensionAttribute), nameof(AsyncStateMachineAttribute), nameof(AsyncIteratorStateMachineAttribute), nameof(IteratorStateMachineAttribute),
        nameof(DefaultMemberAttribute), nameof(RequiredMemberAttribute), nameof(CompilerFeatureRequiredAttribute), nameof(IsByRefLikeAttribute), nameof(ParamArrayAttribute),
        nameof(ParamCollectionAttribute), nameof(TupleElementNamesAttribute), nameof(System.Runtime.InteropServices.OptionalAttribute), nameof(System.Runtime.InteropServices.InAttribute),
        nameof(DecimalConstantAttribute), nameof(System.Diagnostics.DebuggerStepThroughAttribute), nameof(System.Diagnostics.DebuggerHiddenAttribute), "RefSafetyRulesAttribute",
        nameof(System.Runtime.InteropServices.OutAttribute), nameof(EnumeratorCancellationAttribute),
    ];

    public static string Write(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
            WriteType(text, type);
        return text.ToString();
    }

    private static void WriteType(StringBuilder text, Type type)
    {
        var obsolete = Attributes(type.GetCustomAttributesData());
        text.Append(obsolete.Length == 0 ? "" : obsolete + "\n");
        text.Append(Header(type)).Append('\n');
        foreach (var member in Members(type).Order(StringComparer.Ordinal))
            text.Append("    ").Append(member).Append('\n');
        text.Append('\n');
    }

    private static string Header(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"public delegate {TypeText.Return(invoke)} {TypeText.Of(type)}({Parameters(invoke)})";
        }

        var name = type.Namespace is null ? TypeText.Of(type) : $"{type.Namespace}.{TypeText.Of(type)}";
        if (type.IsEnum)
            return $"public enum {name} : {TypeText.Of(Enum.GetUnderlyingType(type))}";
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsValueType: true } => $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(IsRecord(type) ? "record " : "")}struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(IsRecord(type) ? "record" : "class")}",
        };
        var bases = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object))
            bases.Add(TypeText.Of(parent));
        bases.AddRange(type.GetInterfaces().Where(i => i.IsPublic || i.IsNestedPublic).Select(TypeText.Of).Order(StringComparer.Ordinal));
        return $"public {kind} {name}{(bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}")}{TypeText.Constraints(type.GetGenericArguments())}";
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$", Declared) is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute)));

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return [];
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture),3} = {f.Name}"));
        }

        return
        [
            .. type.GetFields(Declared).Where(f => IsSeen(f.Attributes & FieldAttributes.FieldAccessMask)).Select(Field),
            .. type.GetConstructors(Declared).Where(IsSeen).Select(c => $"{With(c)}{Access(c)} {type.Name.Split('`')[0]}({Parameters(c)})"),
            .. type.GetProperties(Declared).Where(p => p.GetAccessors(nonPublic: true).Any(IsSeen)).Where(p => p.Name != "EqualityContract").Select(Property),
            .. type.GetEvents(Declared).Where(e => IsSeen(e.AddMethod!)).Select(e => $"{With(e)}{Modifiers(e.AddMethod!)} event {TypeText.Of(e)} {e.Name}"),
            .. type.GetMethods(Declared).Where(m => IsSeen(m) && IsWritten(m)).Select(Method),
        ];
    }

    private static bool IsWritten(MethodInfo method) =>
        !method.Name.Contains('<', StringComparison.Ordinal)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && (!method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name == "Deconstruct");

    private static string Field(FieldInfo field)
    {
        var kind = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
        return $"{With(field)}{(field.IsPublic ? "public" : "protected")} {kind}{TypeText.Of(field)} {field.Name}{(field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : "")}";
    }

    private static string Property(PropertyInfo property)
    {
        var seen = property.GetAccessors(nonPublic: true).Where(IsSeen).ToList();
        var widest = seen.OrderBy(a => a.IsPublic ? 0 : 1).First();
        var accessors = new List<string>();
        if (property.GetMethod is { } get && IsSeen(get))
            accessors.Add($"{(Access(get) == Access(widest) ? "" : Access(get) + " ")}get;");
        if (property.SetMethod is { } set && IsSeen(set))
        {
            var word = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;";
            accessors.Add($"{(Access(set) == Access(widest) ? "" : Access(set) + " ")}{word}");
        }

        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{With(property)}{Modifiers(widest)} {required}{TypeText.Of(property)} {name} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeText.Of))}>" : "";
        return $"{With(method)}{Modifiers(method)} {TypeText.Return(method)} {method.Name}{generic}({Parameters(method)}){TypeText.Constraints(method.GetGenericArguments())}";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var by = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, parameter.ParameterType)}" : "";
        return $"{Attributes(parameter.GetCustomAttributesData(), " ")}{by}{many}{TypeText.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        _ when type.IsEnum => Enum.ToObject(type, value).ToString()!,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsSeen(FieldAttributes access) => access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsSeen(MethodBase method) => method.IsPublic || (!method.DeclaringType!.IsSealed && (method.IsFamily || method.IsFamilyOrAssembly));

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsStatic ? $"static {(method.IsAbstract ? "abstract" : "")}".TrimEnd() : method.IsAbstract ? "abstract" : "default";
        var overrides = method.GetBaseDefinition().DeclaringType != method.DeclaringType;
        var kind = method switch
        {
            { IsStatic: true } => " static",
            { IsAbstract: true } => " abstract",
            { IsVirtual: true, IsFinal: false } => overrides ? " override" : " virtual",
            { IsVirtual: true } => overrides ? " sealed override" : "",
            _ => "",
        };
        return Access(method) + kind;
    }

    private static string With(MemberInfo member) => Attributes(member.GetCustomAttributesData(), " ");

    private static string Attributes(IEnumerable<CustomAttributeData> attributes, string end = "")
    {
        var said = attributes.Where(a => !Unsaid.Contains(a.AttributeType.Name) && !IsMarker(a)).Select(Attribute).Order(StringComparer.Ordinal).ToList();
        return said.Count == 0 ? "" : $"[{string.Join(", ", said)}]{end}";
    }

    // Compilers that don't know a feature are kept off by an Obsolete of the compiler's own.
    private static bool IsMarker(CustomAttributeData attribute) =>
        attribute.AttributeType == typeof(ObsoleteAttribute)
        && attribute.ConstructorArguments is [{ Value: string message }, ..] && message.StartsWith("Constructors of types with required members", StringComparison.Ordinal);

    private static string Argument(CustomAttributeTypedArgument argument) =>
        argument.Value is Type or IEnumerable<CustomAttributeTypedArgument> ? argument.ToString() : Literal(argument.Value, argument.ArgumentType);

    private static string Attribute(CustomAttributeData attribute)
    {
        var arguments = attribute.ConstructorArguments.Select(Argument)
            .Concat(attribute.NamedArguments.Select(a => $"{a.MemberName} = {Argument(a.TypedValue)}"));
        var name = attribute.AttributeType.Name;
        name = name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
        var list = string.Join(", ", arguments);
        return list.Length == 0 ? name : $"{name}({list})";
    }
}
