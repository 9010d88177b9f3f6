using Vlm.Merge;

namespace Vlm.Core.Preview;

/// <summary>One layer of the tower as merging left it; token 0 is the class token.</summary>
/// <param name="Layer">Position in the tower, from 0.</param>
/// <param name="TokensBefore">Tokens that entered, class token included.</param>
/// <param name="TokensAfter">Tokens that left.</param>
/// <param name="Owner">Token that holds each patch after the layer, -1 where pruned; null where tokens are
/// mixtures.</param>
/// <param name="Energy">Energy of the token that held each patch before the layer, null for a pruned one; null as a whole
/// where the layer computes none.</param>
public sealed record PreviewLayer(
    int Layer, int TokensBefore, int TokensAfter, IReadOnlyList<int>? Owner, IReadOnlyList<double?>? Energy)
{
    private const int EnergyDigits = 6;

    /// <summary>Patches in each token after the layer, the class token's first.</summary>
    public IReadOnlyList<int>? Sizes()
    {
        if (Owner is null)
        {
            return null;
        }

        int[] sizes = new int[TokensAfter];
        foreach (int token in Owner.Where(token => token >= 0))
        {
            sizes[token]++;
        }

        return sizes;
    }

    /// <summary>Every evaluated layer of the first picture of a traced batch.</summary>
    /// <param name="trace">The layers that reduced.</param>
    /// <param name="merge">What was done.</param>
    /// <param name="shape">The tower.</param>
    /// <param name="final">Token that holds each original one behind the tower, where it orders them anew; else null.</param>
    public static IReadOnlyList<PreviewLayer> Of(IReadOnlyList<MergeTrace> trace, MergeSpec merge, MergeShape shape, long[]? final = null)
    {
        int[] tokens = TokenMergers.TokensPerLayer(merge, shape);
        Dictionary<int, MergeTrace> reduced = trace.ToDictionary(entry => entry.Layer);
        int[]? owner = [.. Enumerable.Range(1, shape.NumPatches)];
        List<PreviewLayer> layers = [];
        for (int layer = 0; layer < shape.FeatureLayer; layer++)
        {
            double?[]? energy = null;
            if (reduced.TryGetValue(layer, out MergeTrace? entry))
            {
                energy = PerPatch(entry.Energies?[0], owner);
                owner = Patches(entry.Owners?[0]);
            }

            owner = layer == shape.FeatureLayer - 1 ? Patches(final) ?? owner : owner;

            layers.Add(new(layer, tokens[layer], tokens[layer + 1], owner, energy));
        }

        return layers;
    }

    private static int[]? Patches(long[]? owners) => owners is null ? null : [.. owners.Skip(1).Select(token => (int)token)];

    // Energies have no entry for the class token.
    private static double?[]? PerPatch(double[]? energies, int[]? owner) => energies is null || owner is null
        ? null
        : [.. owner.Select(token => token < 1 ? null : (double?)Math.Round(energies[token - 1], EnergyDigits))];
}
