using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Vlm.Testing;
using Vlm.Torch.Native;

namespace Vlm.Torch.Tests.Native;

/// <summary>Header, exported symbols and declarations are one list.</summary>
public partial class NativeAbiTests
{
    private static readonly string Header = Path.Combine(Golden.Root, "native", "vlmtorch", "vlmtorch.h");

    [Fact]
    public void Declarations_ComparedWithHeader_AreTheSameFunctions() =>
        Assert.Equal(InHeader().Keys.Order(), Declared().Keys.Order());

    [Fact]
    public void Declarations_ComparedWithHeader_HaveTheSameParameters()
    {
        Dictionary<string, string[]> header = InHeader();
        foreach ((string name, MethodInfo method) in Declared())
        {
            string[] declared = [.. method.GetParameters().Select(parameter => Plain(parameter.Name!))];
            Assert.True(header[name].Select(Plain).SequenceEqual(declared),
                $"{name}: header has ({string.Join(", ", header[name])}), declaration ({string.Join(", ", declared)}).");
        }
    }

    [Fact]
    public void ExportedSymbols_ComparedWithHeader_AreTheSameFunctions()
    {
        string library = NativeLibraryLoader.SearchFolders().Select(folder => Path.Combine(folder, "libvlmtorch.so")).First(File.Exists);
        using Process nm = Process.Start(new ProcessStartInfo("nm", ["-D", "--defined-only", library]) { RedirectStandardOutput = true })!;
        string symbols = nm.StandardOutput.ReadToEnd();
        nm.WaitForExit();
        IEnumerable<string> exported = Symbol().Matches(symbols).Select(match => match.Groups[1].Value);
        Assert.Equal(InHeader().Keys.Order(), exported.Order());
    }

    private static Dictionary<string, MethodInfo> Declared() => typeof(NativeMethods)
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .Where(method => method.Name.StartsWith("vt_", StringComparison.Ordinal))
        .ToDictionary(method => method.Name);

    private static Dictionary<string, string[]> InHeader()
    {
        string text = Comment().Replace(File.ReadAllText(Header), "").Replace("void (*release)(void *)", "void *release", StringComparison.Ordinal);
        return Function().Matches(text).ToDictionary(match => match.Groups[1].Value, match => Names(match.Groups[2].Value));
    }

    private static string[] Names(string parameters) =>
        [.. parameters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(p => LastWord().Match(p).Value)];

    // num_sizes and numSizes are one name; results are called out in C and by what they are in C#.
    private static string Plain(string name)
    {
        string plain = name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
        return plain switch
        {
            "RESULT" => "OUT",
            "FIRST" => "OUT0",
            "SECOND" => "OUT1",
            "THIRD" => "OUT2",
            _ => plain,
        };
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"VT_API [\w\s\*]*?(vt_\w+)\(([^)]*)\);")]
    private static partial Regex Function();

    [GeneratedRegex(@"\w+$")]
    private static partial Regex LastWord();

    [GeneratedRegex(@" T (vt_\w+)$", RegexOptions.Multiline)]
    private static partial Regex Symbol();
}
