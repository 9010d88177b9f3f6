using BenchmarkDotNet.Attributes;
using Vlm.Merge;

namespace Vlm.Bench;

/// <summary>Plan and apply of every method by BenchmarkDotNet, with allocations: <c>dotnet run -c Release --project
/// bench/Vlm.Bench -- --filter '*Tokens: 577, Width: 1024, Batch: 1, Merge: "pitome*'</c>; all 486 cases without the filter's
/// end.</summary>
[MemoryDiagnoser]
public class MergeBenchmarks : IDisposable
{
    private MergeCase _case = null!;
    private IDisposable _noGradients = null!;

    /// <summary>Every profile of every method.</summary>
    public static IEnumerable<string> Specs => MergeCase.AllSpecs(0.9).Select(spec => spec.ToString());

    [ParamsSource(nameof(Specs))]
    public string Merge { get; set; } = "";

    [Params(577, 257, 1025)]
    public int Tokens { get; set; }

    [Params(64, 1024)]
    public int Width { get; set; }

    [Params(1, 8, 32)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _noGradients = TorchSharp.torch.inference_mode();
        _case = new MergeCase(MergeSpec.Parse(Merge), Tokens, Width, Batch);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _case.Dispose();
        _noGradients.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void Similarity() => _case.Similarity();

    [Benchmark]
    public void PlanAndApply() => _case.Merge();
}
