using System.Text.Json;

namespace Vlm.Eval.Reports;

/// <summary>A score that others published; never measured here.</summary>
/// <param name="Source">Where it stands.</param>
/// <param name="Model">Whose weights.</param>
/// <param name="Setting">Merging, as its source names it.</param>
/// <param name="Benchmark">Name in <see cref="Benchmarks.BenchmarkTable"/>.</param>
/// <param name="Value">Main metric.</param>
public sealed record PublishedScore(string Source, string Model, string Setting, string Benchmark, double Value)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>LLaVA's model zoo, Table 3 of the PiToMe paper and its authors' stored results (<c>published.json</c> beside this file).</summary>
    public static IReadOnlyList<PublishedScore> All { get; } = Load();

    private static PublishedScore[] Load()
    {
        using Stream stream = typeof(PublishedScore).Assembly.GetManifestResourceStream("published.json")!;
        return JsonSerializer.Deserialize<PublishedScore[]>(stream, Json)!;
    }
}
