using System.Globalization;
using Vlm.Merge;

namespace Vlm.Core.Preview.Pictures;

/// <summary>The drawings of one method on one picture.</summary>
internal sealed class MethodPictures(SquarePicture picture, MergePreview preview)
{
    private const double Large = 336;
    private const double Small = 132;
    private const double SmallestOutlined = 200;
    private const int Columns = 8;

    private readonly int _largest = preview.Layers.Max(layer => layer.Sizes()?.Max() ?? 1);

    /// <summary>Method, profile and tokens in one line.</summary>
    public string Title => Text($"{Name} · {preview.Tokens} of {preview.TokensFull} tokens");

    private string Name => preview.Profile is null ? preview.Method : $"{preview.Method}/{preview.Profile}";

    /// <summary>Who became one token after a layer, and what is left to see.</summary>
    public Drawing Overlay(int layer) => Drawing.Rows([Groups(layer, Large), Mosaic(layer, Large)], 2, Title);

    /// <summary>The same, smaller: for the sheet of all methods.</summary>
    public Drawing SheetEntry(int layer) => Drawing.Rows(
        [Groups(layer, Large * 0.7), Mosaic(layer, Large * 0.7)], 2, Title);

    /// <summary>Groups after every layer that changed something.</summary>
    public Drawing Strip() => Drawing.Rows([.. Reducing().Select(layer => Groups(layer.Layer, Small))], Columns, Title + ": after each layer that merged");

    /// <summary>Sizes after every layer that changed something, on one scale; null where no token holds several patches.</summary>
    public Drawing? SizeMaps() => _largest == 1 ? null : Drawing.Rows(
        [.. Reducing().Select(layer => Tile(layer, Small, p => p.Sizes(_largest), Text($"layer {layer.Layer}: up to {layer.Sizes()?.Max() ?? 1}")))],
        Columns,
        Title + Text($": patches per token, dark 1 to light {_largest}"));

    /// <summary>Energies, or what the method ranks by instead, of every layer that has them, each on its own scale; null where none has.</summary>
    public Drawing? EnergyMaps()
    {
        Drawing[] tiles = [.. preview.Layers.Where(layer => layer.Energy is not null).Select(layer => Tile(
            layer, Small, p => p.Energy(), Text($"layer {layer.Layer}: {layer.Energy!.Min():g2} to {layer.Energy!.Max():g2}")))];
        return tiles.Length == 0 ? null : Drawing.Rows(tiles, Columns, $"{Title}: {Score} before each layer");
    }

    /// <summary>One second per layer, from the first to the last and again.</summary>
    public Drawing Animation()
    {
        Drawing[] frames = [.. preview.Layers.Select(layer => Groups(layer.Layer, Large))];
        IEnumerable<string> bodies = frames.Select((frame, i) => i == frames.Length - 1
            ? $"<g>{Shown(i, frames.Length)}{frame.Body}</g>" // what a viewer without animation shows
            : $"""<g visibility="hidden">{Shown(i, frames.Length)}{frame.Body}</g>""");
        return Drawing.Rows([frames[0] with { Body = string.Concat(bodies) }], 1, Name);
    }

    // Energy is high where a patch is redundant, attention of the class token where it stays.
    private string Score => TokenMergers.All.FirstOrDefault(method => method.Name == preview.Method)
        ?.Profiles.FirstOrDefault(profile => profile.Name == preview.Profile)?.Attention switch
    {
        AttentionNeed.ClassRow => "attention of the class token (light stays)",
        AttentionNeed.ClassColumn => "mean attention to patches (light merges)",
        _ => "energy (light is redundant)",
    };

    private static string Shown(int frame, int frames)
    {
        string times = Text($"0;{(double)frame / frames:0.#####};{(frame + 1.0) / frames:0.#####}");
        return Text($"""<animate attributeName="visibility" calcMode="discrete" values="hidden;visible;hidden" keyTimes="{times}" dur="{frames}s" repeatCount="indefinite"/>""");
    }

    private IEnumerable<PreviewLayer> Reducing() =>
        preview.Layers.Where(layer => layer.TokensAfter < layer.TokensBefore).DefaultIfEmpty(preview.Layers[^1]);

    private Drawing Groups(int layer, double side) => Tile(
        preview.Layers[layer], side, p => p.Groups(side >= SmallestOutlined), Text($"layer {layer}: {preview.Layers[layer].TokensAfter - 1} tokens"));

    private Drawing Mosaic(int layer, double side) => Tile(preview.Layers[layer], side, p => p.Mosaic(), Left(preview.Layers[layer]));

    private static string Left(PreviewLayer layer) => layer.Sizes() is { } sizes
        ? Text($"{sizes.Count(size => size == 1)} patches alone, largest token {sizes.Max()}")
        : "every token is a mixture of all patches";

    private Drawing Tile(PreviewLayer layer, double side, Func<LayerPictures, string> draw, string caption) =>
        Drawing.Tile(picture.Grid, side, draw(new LayerPictures(picture, layer)), caption);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
