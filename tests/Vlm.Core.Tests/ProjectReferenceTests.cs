using System.Xml.Linq;
using Vlm.Testing;

namespace Vlm.Core.Tests;

/// <summary>References go one way, and only the binding calls native code (docs/architecture.md).</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["src/Vlm.Torch"] = [],
        ["src/Vlm.Merge"] = ["Vlm.Torch"],
        ["src/Vlm.Core"] = ["Vlm.Merge"],
        ["src/Vlm.Api"] = ["Vlm.Core"],
        ["eval/Vlm.Eval"] = ["Vlm.Core"],
        ["bench/Vlm.Bench"] = ["Vlm.Core"],
        ["clients/csharp/Vlm.Client"] = [],
        ["src/Vlm.Cli"] = ["Vlm.Api", "Vlm.Eval", "Vlm.Bench"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreThoseOfItsLayer(string folder)
    {
        string project = Path.Combine(Golden.Root, folder, Path.GetFileName(folder) + ".csproj");

        IEnumerable<string> references = XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("Condition") is null) // the binding's stand-in for the package
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(Allowed[folder].Order(), references.Order());
    }

    [Fact]
    public void Solution_EveryProject_HasALayerOrIsATest()
    {
        IEnumerable<string> projects = Directory.EnumerateFiles(Golden.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Golden.Root, Path.GetDirectoryName(path)!))
            .Where(folder => !folder.StartsWith("tests", StringComparison.Ordinal) && !folder.StartsWith("artifacts", StringComparison.Ordinal));

        Assert.Equal(Allowed.Keys.Order(), projects.Order());
    }

    [Fact]
    public void Source_NativeCalls_StandInTheBindingAndInBenchmarksOfOthersOnly()
    {
        IEnumerable<string> files = Allowed.Keys.Where(folder => folder is not ("src/Vlm.Torch" or "bench/Vlm.Bench"))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Golden.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => File.ReadAllText(file) is var text
                && (text.Contains("LibraryImport", StringComparison.Ordinal) || text.Contains("DllImport", StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Golden.Root, file));

        Assert.Empty(files);
    }

    [Fact]
    public void Source_Api_KnowsNoTensor()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Path.Combine(Golden.Root, "src", "Vlm.Api"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("TorchSharp", StringComparison.Ordinal));

        Assert.Empty(files);
    }
}
