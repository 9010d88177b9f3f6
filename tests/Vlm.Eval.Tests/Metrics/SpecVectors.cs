using System.Text.Json;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Conformance vectors of the metrics: copies of <c>../shared/spec</c>, so that a fresh clone runs them.</summary>
internal static class SpecVectors
{
    private static string Copies { get; } = Path.Combine(Testing.Golden.Root, "tests", "Vlm.Eval.Tests", "Fixtures", "spec");

    public static string[] Files { get; } = [.. Directory.GetFiles(Copies).Select(file => Path.GetFileName(file)!)];

    public static string Copy(string file) => Path.Combine(Copies, file);

    /// <summary>The vectors of one file under one name.</summary>
    public static JsonElement Load(string file, string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Copy(file)));
        return document.RootElement.GetProperty(name).Clone();
    }

    /// <summary>Names of the sections of a file.</summary>
    public static IEnumerable<string> Sections(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Copy(file)));
        return [.. document.RootElement.EnumerateObject().Select(section => section.Name).Where(name => name != "description")];
    }

    public static string Text(this JsonElement row, string name) => row.GetProperty(name).GetString()!;

    public static string[] Texts(this JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
}
