using Vlm.Core.Models;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>What the engine's batch sizes cost (<c>Engine:MaxStepTokens</c>, <c>MaxEncodeBatch</c>, <c>MaxBatchSize</c>): the same work in
/// larger and smaller portions. The share is the time per token or picture
/// against that of the largest portion.</summary>
public sealed class EnginePlanBench(Llava model, EngineBench bench, EngineBenchTimer timer)
{
    private const int PromptTokens = 512;

    /// <summary>Runs every row, largest portions first.</summary>
    public IEnumerable<BenchRow> Run() =>
    [
        .. Compare([512, 256, 128, 64, 32], _ => PromptTokens, chunk => bench.Prefill(PromptTokens, chunk)),
        .. Compare([4, 2, 1], pictures => pictures, Encode),
        .. Compare([16, 8, 4, 2, 1], sequences => sequences, sequences => bench.Decode(0, sequences)),
    ];

    private BenchRow Encode(int pictures)
    {
        int size = model.Config.Vision.ImageSize;
        using Tensor pixels = randn([pictures, 3, size, size], dtype: model.DType, device: model.Device);
        return timer.Computes($"encode, {pictures} at once", pictures * bench.EncodeFlops(MergeSpec.None), () => model.EncodeImages(pixels, MergeSpec.None).Dispose());
    }

    // Time per unit of work, against that of the first size.
    private static IEnumerable<BenchRow> Compare(int[] sizes, Func<int, int> units, Func<int, BenchRow> run)
    {
        BenchRow[] rows = [.. sizes.Select(run)];
        double[] costs = [.. rows.Zip(sizes, (row, size) => row.Seconds / units(size))];
        return rows.Zip(costs, (row, cost) => row with { Share = cost / costs[0] });
    }
}
