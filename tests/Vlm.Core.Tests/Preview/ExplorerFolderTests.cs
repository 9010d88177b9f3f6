using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Core.Preview.Pictures;

namespace Vlm.Core.Tests.Preview;

/// <summary>The files of <c>vlm merge show</c>: well formed, complete, self-contained, and they show what happened.</summary>
public sealed partial class ExplorerFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("vlm-explorer-").FullName;

    private string Folder => Path.Combine(_parent, "out");

    [Fact]
    public void Write_Methods_MakesEveryFile()
    {
        Write("a & b.png", 1, Pitome(), Pruned(), Mixed());

        string[] files = [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "dct-released/animation.svg", "dct-released/overlay.svg", "dct-released/strip.svg",
                "index.html",
                "pitome-paper/animation.svg", "pitome-paper/energy.svg", "pitome-paper/overlay.svg", "pitome-paper/sizes.svg", "pitome-paper/strip.svg",
                "previews.json",
                "random-prune/animation.svg", "random-prune/overlay.svg", "random-prune/strip.svg",
                "sheet.svg",
            ],
            files);
        Assert.All(files.Where(f => f.EndsWith(".svg", StringComparison.Ordinal)), f => XDocument.Load(Path.Combine(Folder, f)));
        JsonElement json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "previews.json"))).RootElement;
        Assert.Equal([1, 1, 2, 1], json[0].GetProperty("owner").EnumerateArray().Select(o => o.GetInt32()));
    }

    [Fact]
    public void Write_Page_LoadsNothingAndHoldsThePictureOnce()
    {
        Write("a & b.png", 1, Pitome(), Pruned());

        string page = File.ReadAllText(Path.Combine(Folder, "index.html"));
        Assert.DoesNotMatch("""(src|href)=["'](?!data:|#)""", page);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.Contains("a &amp; b.png", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "id=\"picture\""));
    }

    [Fact]
    public void Write_SameMethodTwice_GivesEachItsFolder()
    {
        Write("a.png", 0, Pitome(), Pitome() with { Ratio = 0.5 });

        Assert.Equal(
            ["pitome-paper-0.5-1", "pitome-paper-0.75-0"],
            Directory.GetDirectories(Folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_FolderWithContent_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "mine.txt"), "a");

        InvalidDataException refused = Assert.Throws<InvalidDataException>(
            () => Write("a.png", 0, Pitome()));

        Assert.Equal($"{Folder}: expected a new or empty folder, found one with content.", refused.Message);
        Assert.Equal([Folder], Directory.GetFileSystemEntries(_parent));
        Assert.Single(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void Groups_MergedAndAlone_AreColouredAndLeft()
    {
        (byte[] rgb, string svg) = Overlay(new LayerPictures(Picture(), Pitome().Layers[1]).Groups(outlined: true));

        Assert.Equal(rgb[0..3], rgb[3..6]); // patches 0, 1 and 3 are one token
        Assert.Equal(rgb[0..3], rgb[9..12]);
        Assert.Equal([0, 0, 0], rgb[6..9]); // patch 2 is alone: nothing laid over it
        Assert.Contains("M0 1h1", svg, StringComparison.Ordinal); // between patches 0 and 2
        Assert.DoesNotContain("M1 0v1", svg, StringComparison.Ordinal); // none between patches 0 and 1
    }

    [Fact]
    public void Mosaic_MergedToken_HasTheMeanColourOfItsPatches()
    {
        (byte[] rgb, _) = Overlay(new LayerPictures(Picture(), Pitome().Layers[1]).Mosaic());

        byte mean = (byte)Math.Round((0 + 60 + 180) / 3.0); // patch p is grey, 60 p
        Assert.Equal([mean, mean, mean], rgb[0..3]);
        Assert.Equal([0, 0, 0], rgb[6..9]);
    }

    [Fact]
    public void Sizes_LargestToken_IsLightestAndAloneIsDarkest()
    {
        (byte[] rgb, _) = Overlay(new LayerPictures(Picture(), Pitome().Layers[1]).Sizes(largest: 3));

        Assert.Equal([253, 231, 37], rgb[0..3]);
        Assert.Equal([68, 1, 84], rgb[6..9]);
    }

    [Fact]
    public void Energy_Layer_GoesFromItsSmallestToItsLargest()
    {
        (byte[] rgb, _) = Overlay(new LayerPictures(Picture(), Pitome().Layers[0]).Energy());

        Assert.Equal([253, 231, 37], rgb[3..6]); // 0.4
        Assert.Equal([68, 1, 84], rgb[6..9]); // -0.3
    }

    [Fact]
    public void Animation_Frames_ShowEachLayerInTurn()
    {
        XElement svg = XElement.Parse(new MethodPictures(Picture(), Pitome()).Animation().ToFile(Picture()));

        string[] times = [.. svg.Descendants().Where(e => e.Name.LocalName == "animate").Select(e => e.Attribute("keyTimes")!.Value)];
        Assert.Equal(["0;0;0.5", "0;0.5;1"], times);
    }

    [Fact]
    public void EnergyMaps_OneTile_IsAsWideAsItsTitle()
    {
        XElement svg = XElement.Parse(new MethodPictures(Picture(), Pitome()).EnergyMaps()!.ToFile(Picture()));

        string title = svg.Descendants().Single(e => (string?)e.Attribute("class") == "title").Value;
        Assert.Equal("pitome/paper · 2 of 4 tokens: energy (light is redundant) before each layer", title);
        Assert.True((double)svg.Attribute("width")! > 8.2 * title.Length); // a letter of Chromium's
    }

    [Theory]
    [InlineData("diffrate", "released", "attention of the class token (light stays)")]
    [InlineData("mean_attention_merge", "released", "mean attention to patches (light merges)")]
    public void EnergyMaps_OtherScore_IsCalledByItsName(string method, string profile, string name)
    {
        MergePreview preview = Pitome() with { Method = method, Profile = profile };

        Assert.Contains(name, new MethodPictures(Picture(), preview).EnergyMaps()!.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_Outlined_EndAtTheEdgesOfThePicture()
    {
        XElement svg = XElement.Parse(new MethodPictures(Picture(), Pitome()).Overlay(1).ToFile(Picture()));

        XElement clip = svg.Descendants().Single(e => e.Name.LocalName == "clipPath");
        Assert.Equal(("2", "2"), ((string?)clip.Elements().Single().Attribute("width"), (string?)clip.Elements().Single().Attribute("height")));
        Assert.All(svg.Descendants().Where(e => e.Name.LocalName == "path"), path => Assert.Equal($"url(#{(string?)clip.Attribute("id")})", (string?)path.Parent!.Attribute("clip-path")));
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private void Write(string name, int layer, params MergePreview[] previews)
    {
        using ExplorerFolder folder = ExplorerFolder.Create(Folder);
        folder.Write(name, Square(), previews, layer);
    }

    // 2 x 2 patches of 2 x 2 pixels, grey: 0, 60, 120, 180.
    private static RgbImage Square() => new(
        4, 4, [.. Enumerable.Range(0, 16).SelectMany(i => Enumerable.Repeat((byte)(60 * ((i / 8 * 2) + (i % 4 / 2))), 3))]);

    private static SquarePicture Picture() => new(Square(), grid: 2);

    private static (byte[] Rgb, string Svg) Overlay(string svg)
    {
        string png = EmbeddedPng().Match(svg).Groups[1].Value;
        return (ImageDecoder.Decode(Convert.FromBase64String(png), new ImageLimits(), applyExif: false).Pixels, svg);
    }

    private static MergePreview Pitome() => Preview(
        "pitome", "paper", new(0, 5, 4, [2, 3, 1, 3], [0.21, 0.4, -0.3, 0.39]), new(1, 4, 3, [1, 1, 2, 1], null));

    private static MergePreview Pruned() => Preview("random", "prune", new(0, 5, 3, [1, -1, 2, -1], null), new(1, 3, 3, [1, -1, 2, -1], null));

    private static MergePreview Mixed() => Preview("dct", "released", new(0, 5, 3, null, null), new(1, 3, 3, null, null));

    private static MergePreview Preview(string method, string profile, params PreviewLayer[] layers) => new()
    {
        Model = "tiny",
        Width = 4,
        Height = 4,
        Method = method,
        Profile = profile,
        Ratio = 0.75,
        Geometry = ImageGeometry.Pad,
        Grid = 2,
        TokensFull = 4,
        Tokens = layers[^1].TokensAfter - 1,
        Layers = layers,
        Timings = new(0, 1, 2, 3),
    };

    [GeneratedRegex("base64,([^\"]+)\"")]
    private static partial Regex EmbeddedPng();
}
