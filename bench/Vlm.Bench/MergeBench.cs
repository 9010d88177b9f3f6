using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>One method on one batch.</summary>
/// <param name="Merge">Method and ratio.</param>
/// <param name="Tokens">T, class token included.</param>
/// <param name="Width">C.</param>
/// <param name="Batch">B.</param>
/// <param name="Seconds">Plan and apply, fastest turn.</param>
/// <param name="Share">Of the time of the similarity product, fastest turn of each.</param>
/// <param name="BlockShare">Of the time of a tower block, for one picture of CLIP-L's own 577 tokens of 1024; else null.</param>
/// <param name="LoopShare">Of the time of plain loops per picture.</param>
/// <param name="AllocatedBytes">Managed memory of one call.</param>
public sealed record MergeRow(
    string Merge, int Tokens, int Width, int Batch, double Seconds, double Share, double? BlockShare, double? LoopShare, long AllocatedBytes);

/// <summary>Plan and apply of every method against the similarity product, a tower block and plain loops: <c>./vlm bench
/// merge</c>.</summary>
/// <param name="turns">Timed turns per row.</param>
public sealed class MergeBench(int turns)
{
    /// <summary>Largest share of the similarity product that PiToMe and ToMe shall take.</summary>
    public const double PairGoal = 1.5;

    /// <summary>Largest share that any other method shall take.</summary>
    public const double OtherGoal = 2;

    /// <summary>Largest share of its tower block.</summary>
    public const double BlockGoal = 0.08;

    /// <summary>Whether a row keeps the goals.</summary>
    public static bool KeepsGoals(MergeRow row) =>
        row.Share <= (row.Merge.Split('/')[0] is "pitome" or "tome" ? PairGoal : OtherGoal) && row.BlockShare is null or <= BlockGoal;

    /// <summary>Measures one row.</summary>
    public MergeRow Run(MergeSpec spec, int tokens, int width, int batch)
    {
        using var noGradients = inference_mode();
        using MergeCase merge = new(spec, tokens, width, batch);
        double[][] seconds = Alternating.Time(turns, merge.Merge, merge.Similarity);
        long before = GC.GetAllocatedBytesForCurrentThread();
        merge.Merge();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        double perCall = seconds[0].Min();
        return new(
            spec.ToString(), tokens, width, batch, perCall, Alternating.FastestRatio(seconds[0], seconds[1]),
            (tokens, width, batch) == (577, 1024, 1) ? BlockShare(merge) : null,
            batch == 1 ? perCall / Alternating.Time(1, merge.Loops)[0][0] : null,
            allocated);
    }

    private double BlockShare(MergeCase merge)
    {
        using TowerBlock block = new(tokens: 577, batch: 1);
        double[][] seconds = Alternating.Time(turns, merge.Merge, block.Forward);
        return Alternating.FastestRatio(seconds[0], seconds[1]);
    }
}
