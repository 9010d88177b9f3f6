namespace Vlm.Eval.Benchmarks;

/// <summary>Name to benchmark: the only list. A benchmark is added by one file and one line.</summary>
public static class BenchmarkTable
{
    /// <summary>All benchmarks.</summary>
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new VqaV2(),
        new Gqa(),
        new VizWiz(),
        new ScienceQa(),
        new TextVqa(),
        new Pope(),
        new Mme(),
        MmBench.English,
        MmBench.Chinese,
        new SeedBench(),
        JudgedBenchmark.MmVet,
        JudgedBenchmark.LlavaBench,
        JudgedBenchmark.VqaV2TestDev,
        JudgedBenchmark.VizWizTest,
        new OkVqa(),
        new DocVqa(),
        new ChartQa(),
        new CocoCaption(),
        new Flickr30k(),
        new ScenesBenchmark(),
    ];

    /// <summary>Benchmarks by their names, separated by commas.</summary>
    /// <exception cref="ArgumentException">A name is unknown or given twice.</exception>
    public static IReadOnlyList<IBenchmark> Parse(string names)
    {
        string[] parts = names.Split(',', StringSplitOptions.TrimEntries);
        return parts.Distinct().Count() == parts.Length
            ? [.. parts.Select(Find)]
            : throw new ArgumentException($"benchmark: expected each name once, found '{names}'.");
    }

    private static IBenchmark Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name) ?? throw new ArgumentException(
        $"benchmark: expected {string.Join(", ", All.Select(benchmark => benchmark.Name))}, found '{name}'.");

    /// <summary>The profile that a benchmark is scored under when none is asked for: llava where LLaVA runs it, else lmms.</summary>
    public static EvalProfile DefaultProfile(this IBenchmark benchmark) =>
        benchmark.MaxTokens(EvalProfile.Llava) is null ? EvalProfile.Lmms : EvalProfile.Llava;
}
