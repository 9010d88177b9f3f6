using BenchmarkDotNet.Attributes;

namespace Vlm.Bench;

/// <summary>Our resize against libvips' by BenchmarkDotNet: <c>dotnet run -c Release --project bench/Vlm.Bench -- --filter
/// '*Resize*'</c>.</summary>
[MemoryDiagnoser]
public class ResizeBenchmarks
{
    private ResizeCase _case = null!;

    [Params("2400x1700", "640x480")]
    public string Picture { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] sides = [.. Picture.Split('x').Select(int.Parse)];
        _case = new ResizeCase(sides[0], sides[1]);
    }

    [Benchmark(Baseline = true)]
    public void VipsCubic() => _case.VipsCubic();

    [Benchmark]
    public void VipsLanczos() => _case.VipsLanczos();

    [Benchmark]
    public void VipsReduceCubic() => _case.VipsReduceCubic();

    [Benchmark]
    public void Ours() => _case.Ours();
}
