namespace Vlm.Merge;

/// <summary>
/// Token counts as pure functions of layer and ratio; no content of a picture enters (merging.md sections 0 and 13).
/// </summary>
public static class MergeSchedule
{
    /// <summary>
    /// Tokens that one application removes of those a method counts: floor(counted - counted * ratio) in double. The
    /// other way to write it, counted * (1 - ratio), rounds 1 - ratio down and gives another count for every tenth
    /// value.
    /// </summary>
    public static int Removed(int counted, double ratio) => (int)Math.Floor(counted - (counted * ratio));

    /// <summary>Original ToMe's count for a layer (merging.md 5.2): from r (1 - f) to r (1 + f) in equal steps.</summary>
    /// <param name="layer">Position in the tower, from 0.</param>
    /// <param name="layers">Layers of the tower.</param>
    /// <param name="r">Mean count.</param>
    /// <param name="inflection">f, -1 to 1.</param>
    public static int CountAt(int layer, int layers, int r, double inflection)
    {
        double low = Math.Truncate(r * (1 - inflection));
        double high = (2.0 * r) - low;
        double step = (high - low) / Math.Max(layers - 1, 1);
        return (int)(low + (step * layer));
    }

    /// <summary>Tokens entering layer 0, 1, ... and, last, leaving the feature layer; class token included.</summary>
    internal static int[] TokensPerLayer(ITokenMerger? merger, MergeSpec spec, MergeShape shape)
    {
        int[] tokens = new int[shape.FeatureLayer + 1];
        tokens[0] = shape.NumTokens;
        for (int layer = 0; layer < shape.FeatureLayer; layer++)
        {
            tokens[layer + 1] = merger is null || spec.IsIdentity
                ? tokens[layer]
                : TokensAfter(merger, Step(merger, layer, tokens[layer], spec, shape));
        }

        return tokens;
    }

    /// <summary>A layer with the layers that the caller, or else the profile, selects.</summary>
    internal static LayerStep Step(ITokenMerger merger, int layer, int tokens, MergeSpec spec, MergeShape shape) =>
        new(layer, tokens, spec, shape, spec.Settings.Layers ?? merger.Info.Layers);

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

    private static int TokensAfter(ITokenMerger merger, LayerStep step) =>
        step.IsSelected || merger.Reorders ? merger.TokensAfter(step) : step.Tokens;
}
