using System.Globalization;
using Vlm.Core.Imaging;

namespace Vlm.Core.Preview.Pictures;

/// <summary>The square that the vision tower sees, as the ground of every drawing.</summary>
/// <param name="image">Square pixels.</param>
/// <param name="grid">Patches per side.</param>
internal sealed class SquarePicture(RgbImage image, int grid)
{
    /// <summary>Name by which drawings refer to the picture.</summary>
    public const string Reference = """<use href="#picture"/>""";

    /// <summary>Name of the clip that ends at the picture's edges.</summary>
    public const string Clip = "url(#square)";

    private readonly (double R, double G, double B)[] _means =
        [.. Enumerable.Range(0, grid * grid).Select(patch => MeanOf(image, grid, patch))];

    /// <summary>Patches per side.</summary>
    public int Grid => grid;

    /// <summary>The SVG definition that drawings refer to, one unit per patch.</summary>
    public string Definition { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"""<defs><image id="picture" width="{grid}" height="{grid}" preserveAspectRatio="none" href="data:image/png;base64,{Convert.ToBase64String(PngWriter.Write(image.Width, image.Pixels, RgbImage.Channels))}"/><clipPath id="square"><rect width="{grid}" height="{grid}"/></clipPath></defs>""");

    /// <summary>Mean colour of some patches.</summary>
    public (byte R, byte G, byte B) Mean(IReadOnlyCollection<int> patches) => (
        (byte)Math.Round(patches.Average(patch => _means[patch].R)),
        (byte)Math.Round(patches.Average(patch => _means[patch].G)),
        (byte)Math.Round(patches.Average(patch => _means[patch].B)));

    private static (double R, double G, double B) MeanOf(RgbImage image, int grid, int patch)
    {
        int side = image.Width / grid;
        (double r, double g, double b) = (0, 0, 0);
        for (int y = patch / grid * side; y < (patch / grid * side) + side; y++)
        {
            for (int x = patch % grid * side; x < (patch % grid * side) + side; x++)
            {
                ReadOnlySpan<byte> pixel = image.Pixels.AsSpan(((y * image.Width) + x) * RgbImage.Channels, RgbImage.Channels);
                (r, g, b) = (r + pixel[0], g + pixel[1], b + pixel[2]);
            }
        }

        double count = side * side;
        return (r / count, g / count, b / count);
    }
}
