namespace Vlm.Bench;

/// <summary>Our resize and one of libvips' on one picture.</summary>
/// <param name="Picture">Width x height.</param>
/// <param name="Rival">What ours is compared with.</param>
/// <param name="OurSeconds">Median.</param>
/// <param name="RivalSeconds">Median.</param>
/// <param name="Ratio">Ours over the rival's, median over turns.</param>
public sealed record ResizeRow(string Picture, string Rival, double OurSeconds, double RivalSeconds, double Ratio);

/// <summary>Our resize against libvips', turn by turn: <c>./vlm bench resize</c>.</summary>
public static class ResizeBench
{
    private static readonly string[] Rivals = ["vips_resize cubic", "vips_resize lanczos3", "vips_reduce cubic"];

    /// <summary>A large and a common picture against each of libvips' ways.</summary>
    public static IEnumerable<ResizeRow> Run(int turns)
    {
        foreach ((int width, int height) in new[] { (2400, 1700), (640, 480) })
        {
            ResizeCase resize = new(width, height);
            double[][] seconds = Alternating.Time(
                turns, resize.Ours, resize.VipsCubic, resize.VipsLanczos, resize.VipsReduceCubic);
            foreach ((int i, string rival) in Rivals.Index())
            {
                yield return new(
                    $"{width}x{height}", rival, Alternating.Median(seconds[0]), Alternating.Median(seconds[i + 1]),
                    Alternating.Ratio(seconds[0], seconds[i + 1]));
            }
        }
    }
}
