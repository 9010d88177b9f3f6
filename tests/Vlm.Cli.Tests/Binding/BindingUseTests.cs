using System.Reflection;

namespace Vlm.Cli.Tests.Binding;

/// <summary>The binding holds what the code above it uses and no more: read from the instructions of every assembly above.</summary>
public sealed class BindingUseTests
{
    private static readonly Assembly Torch = typeof(TorchSharp.torch).Assembly;

    private static readonly string[] Above = ["Vlm.Merge", "Vlm.Core", "Vlm.Api", "Vlm.Eval", "Vlm.Bench", "vlm"];

    // C# wants these operators in pairs; the other one of each pair is used.
    private static readonly string[] Pairs = ["torch.Tensor op_Inequality(Tensor, Tensor)", "torch.Tensor op_LessThan(Tensor, Scalar)"];

    [Fact]
    public void PublicMembers_OfTheBinding_AreUsedAboveIt()
    {
        HashSet<(Module, int)> used = [.. MemberReferences.Of(Above.SelectMany(name => Assembly.Load(name).GetTypes()))];
        used.UnionWith(MemberReferences.Of(Torch.GetTypes().Where(type => !IsBinding(type))));

        IEnumerable<string> unused = Torch.GetExportedTypes().Where(IsBinding).SelectMany(Callable)
            .Where(method => !used.Contains((method.Module, method.MetadataToken))).Select(Describe);

        Assert.Equal(Pairs, unused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NativeFunctions_Declared_AreCalled()
    {
        Type[] types = Torch.GetTypes();
        HashSet<(Module, int)> used = [.. MemberReferences.Of(types)];

        IEnumerable<string> unused = types.Single(type => type.Name == "NativeMethods")
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.Name.StartsWith("vt_", StringComparison.Ordinal) && !used.Contains((method.Module, method.MetadataToken)))
            .Select(method => method.Name);

        Assert.Empty(unused);
    }

    private static bool IsBinding(Type type) => type.Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true;

    // Fields of an enum are compiled in; members of an interface and overrides are called through what they implement.
    private static IEnumerable<MemberInfo> Callable(Type type) => type.IsEnum || type.IsInterface
        ? []
        : type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member is FieldInfo or ConstructorInfo or MethodInfo && member is not MethodInfo { IsVirtual: true });

    private static string Describe(MemberInfo member) =>
        $"{member.DeclaringType!.FullName!.Replace("TorchSharp.", "", StringComparison.Ordinal).Replace('+', '.')} {member.Name}" +
        (member is MethodBase method ? $"({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})" : "");
}
