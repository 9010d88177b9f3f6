namespace Vlm.Merge;

/// <summary>
/// Token counts as pure functions of layer and ratio; no content of a picture enters (merging.md sections 0 and 13).
/// </summary>
public static class MergeSchedule
{
    /// <summary>
    /// Tokens that one application removes of those a method counts: floor(counted - counted * ratio) in double. The
    /// other
    /// way to write it, counted * (1 - ratio), rounds 1 - ratio down and gives another count for every tenth value.
    /// </summary>
    public static int Removed(int counted, double ratio) => (int)Math.Floor(counted - (counted * ratio));

    /// <summary>Removed by a step that counts patches only (PiToMe), at most half of them.</summary>
    internal static int RemovedPatches(int tokens, double ratio)
    {
        int patches = tokens - 1;
        return Math.Min(Removed(patches, ratio), patches / 2);
    }

    /// <summary>
    /// Removed by a step that counts the class token, too, but may not remove it (plain bipartite matching).
    /// </summary>
    internal static int RemovedTokens(int tokens, double ratio) => Math.Min(Removed(tokens, ratio), (tokens - 1) / 2);

    /// <summary>Tokens entering layer 0, 1, ... and, last, leaving the feature layer; class token included.</summary>
    internal static int[] TokensPerLayer(ITokenMerger? merger, double ratio, MergeShape shape)
    {
        int[] tokens = new int[shape.FeatureLayer + 1];
        tokens[0] = shape.NumTokens;
        for (int layer = 0; layer < shape.FeatureLayer; layer++)
        {
            bool stays = merger is null || ratio >= 1;
            tokens[layer + 1] = stays ? tokens[layer] : merger!.TokensAfter(layer, tokens[layer], ratio, shape);
        }

        return tokens;
    }

    /// <summary>
    /// The largest ratio in [0.5, 1) whose count does not exceed the budget: bisection down to neighbouring doubles.
    /// The caller has made sure that 0.5 fits and 1 does not.
    /// </summary>
    internal static double LargestRatio(Func<double, int> count, int budget)
    {
        double fits = MergeSpec.MinRatio;
        double exceeds = 1;
        for (double middle = Middle(); fits < middle && middle < exceeds; middle = Middle())
        {
            if (count(middle) <= budget)
            {
                fits = middle;
            }
            else
            {
                exceeds = middle;
            }
        }

        return fits;

        double Middle() => fits + ((exceeds - fits) / 2);
    }
}
