namespace Vlm.Core.Preview.Pictures;

/// <summary>What one layer left, over the picture; every result is SVG of one unit per patch.</summary>
internal sealed class LayerPictures(SquarePicture picture, PreviewLayer layer)
{
    private const double MostOpacity = 0.66;
    private const double HeatOpacity = 0.82;
    private const double PrunedOpacity = 0.72;
    private static readonly (byte, byte, byte) Pruned = (16, 16, 16);

    private readonly IReadOnlyList<int>? _sizes = layer.Sizes();

    /// <summary>Patches of one token in one colour, the stronger the larger; patches alone stay as they are, pruned ones
    /// go dark.</summary>
    /// <param name="outlined">With lines around groups, for tiles that are large enough.</param>
    public string Groups(bool outlined)
    {
        PatchColors colors = new(picture.Grid);
        foreach (int[] group in Merged())
        {
            double opacity = Math.Min(MostOpacity, 0.3 + (0.06 * Math.Log2(group.Length)));
            Fill(colors, group, Palette.Group(group[0]), opacity);
        }

        return Over(colors, outlined);
    }

    /// <summary>What is left to see: patches of one token in their mean colour, patches alone in full detail.</summary>
    public string Mosaic()
    {
        PatchColors colors = new(picture.Grid);
        foreach (int[] group in Merged())
        {
            Fill(colors, group, picture.Mean(group), 1);
        }

        return Over(colors, outlined: false);
    }

    /// <summary>Patches in the token of each patch, from 1 to <paramref name="largest"/>, on a logarithmic scale.</summary>
    public string Sizes(int largest) => Heat(patch => layer.Owner is { } owner && owner[patch] >= 0
        ? Math.Log2(_sizes![owner[patch]]) / Math.Max(1, Math.Log2(largest))
        : null);

    /// <summary>Energy of each patch's token, from the layer's smallest to its largest.</summary>
    public string Energy()
    {
        double low = layer.Energy!.Min() ?? 0, range = (layer.Energy!.Max() ?? 0) - low;
        return Heat(patch => (layer.Energy![patch] - low) / (range > 0 ? range : 1));
    }

    /// <summary>Tokens of more than one patch, as their patches; empty where tokens are mixtures.</summary>
    private IEnumerable<int[]> Merged() => (layer.Owner ?? []).Index()
        .Where(patch => patch.Item >= 0 && _sizes![patch.Item] > 1)
        .GroupBy(patch => patch.Item, patch => patch.Index)
        .Select(group => group.ToArray());

    private static void Fill(PatchColors colors, int[] patches, (byte, byte, byte) color, double opacity) =>
        Array.ForEach(patches, patch => colors.Set(patch, color, opacity));

    private string Over(PatchColors colors, bool outlined)
    {
        foreach ((int patch, int token) in (layer.Owner ?? []).Index().Where(patch => patch.Item < 0))
        {
            colors.Set(patch, Pruned, PrunedOpacity);
        }

        string outline = outlined && layer.Owner is { } owner ? GroupOutline.ToSvg(picture.Grid, owner, _sizes!) : "";
        return SquarePicture.Reference + colors.ToSvg() + outline;
    }

    private string Heat(Func<int, double?> value)
    {
        PatchColors colors = new(picture.Grid);
        for (int patch = 0; patch < picture.Grid * picture.Grid; patch++)
        {
            double? heat = value(patch);
            colors.Set(patch, heat is { } known ? Palette.Heat(known) : Pruned, heat is null ? PrunedOpacity : HeatOpacity);
        }

        return SquarePicture.Reference + colors.ToSvg();
    }
}
