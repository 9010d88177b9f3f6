using Vlm.Core.Imaging;

namespace Vlm.Core.Preview.Pictures;

/// <summary>One colour per patch, with alpha: what is laid over the picture.</summary>
/// <param name="grid">Patches per side.</param>
internal sealed class PatchColors(int grid)
{
    private const int Channels = 4;
    private readonly byte[] _pixels = new byte[grid * grid * Channels];

    /// <summary>Sets one patch; patches not set stay transparent.</summary>
    /// <param name="patch">Row by row from the top left.</param>
    /// <param name="color">RGB.</param>
    /// <param name="opacity">0 to 1.</param>
    public void Set(int patch, (byte R, byte G, byte B) color, double opacity)
    {
        Span<byte> pixel = _pixels.AsSpan(patch * Channels, Channels);
        (pixel[0], pixel[1], pixel[2], pixel[3]) = (color.R, color.G, color.B, (byte)Math.Round(opacity * byte.MaxValue));
    }

    /// <summary>As SVG, one unit per patch, edges sharp.</summary>
    public string ToSvg()
    {
        string png = Convert.ToBase64String(PngWriter.Write(grid, _pixels, Channels));
        return $"""<image width="{grid}" height="{grid}" image-rendering="optimizeSpeed" style="image-rendering:pixelated" href="data:image/png;base64,{png}"/>""";
    }
}
