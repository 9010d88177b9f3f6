using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Vlm.Torch.Tests.Binding;

/// <summary>Public members as lines of ../shared/spec/torchsharp-0.106-api.txt: one heading per type, one line per member.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>Headings with their member lines, both sorted.</summary>
    public static SortedDictionary<string, SortedSet<string>> OfBinding()
    {
        SortedDictionary<string, SortedSet<string>> result = new(StringComparer.Ordinal);
        foreach (Type type in typeof(TorchSharp.torch).Assembly.GetExportedTypes().Where(IsBinding))
        {
            result.Add(Heading(type), new SortedSet<string>(Members(type), StringComparer.Ordinal));
        }

        return result;
    }

    /// <summary>The listing itself, by heading without its kind.</summary>
    public static Dictionary<string, HashSet<string>> Read(string path)
    {
        Dictionary<string, HashSet<string>> result = [];
        HashSet<string> members = [];
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                result[line] = members = [];
            }
            else
            {
                members.Add(line);
            }
        }

        return result;
    }

    private static bool IsBinding(Type type) =>
        type.Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true;

    private static string Heading(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface"
            : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class";
        string name = type.FullName!.Replace('+', '.');
        return $"## {kind} {(type.DeclaringType is null ? name : name.Replace("TorchSharp.torch.", "torch.", StringComparison.Ordinal))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name =>
                string.Create(CultureInfo.InvariantCulture, $"{name} = {Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"));
        }

        return type.GetMembers(Declared).Select(Line).OfType<string>();
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $".ctor({Parameters(constructor.GetParameters())})",
        MethodInfo method => Method(method),
        PropertyInfo property => Property(property),
        FieldInfo field => $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name};",
        _ => null,
    };

    private static string? Method(MethodInfo method)
    {
        if (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
        {
            return null;
        }

        string generic = method.IsGenericMethod
            ? $"<{string.Join(',', method.GetGenericArguments().Select(argument => argument.Name))}>"
            : "";
        return $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method.GetParameters())})";
    }

    private static string Property(PropertyInfo property)
    {
        bool isStatic = (property.GetMethod ?? property.SetMethod)!.IsStatic;
        string get = property.GetMethod?.IsPublic == true ? "get; " : "";
        string set = property.SetMethod?.IsPublic == true ? "set; " : "";
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{Parameters(index)}]";
        return $"{Static(isStatic)}{Name(property.PropertyType)} {name} {{ {get}{set}}}";
    }

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
    {
        string many = parameter.GetCustomAttribute<ParamArrayAttribute>() is null ? "" : "params ";
        string value = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        return $"{many}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }));

    private static string Default(ParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.DefaultValue switch
        {
            null => "null",
            object value when type.IsEnum => Enum.GetName(type, value)!,
            IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
            object value => value.ToString()!,
        };
    }

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return $"{Name(inner)}?";
        }

        if (type.IsAssignableTo(typeof(ITuple)))
        {
            return $"({string.Join(", ", type.GetGenericArguments().Select(Name))})";
        }

        string name = type.IsGenericParameter ? type.Name : type.FullName ?? $"{type.Namespace}.{type.Name}";
        name = Shorten(name.Split('`')[0].Replace('+', '.'));
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static string Shorten(string name)
    {
        foreach ((string prefix, string shorter) in new[]
                 {
                     ("TorchSharp.torch.", "torch."), ("TorchSharp.Utils.", ""), ("System.Collections.Generic.", ""), ("System.", ""),
                 })
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return shorter + name[prefix.Length..];
            }
        }

        return name;
    }
}
