namespace Vlm.Core.Imaging;

/// <summary>256 colours; entries that a file leaves out are the grey ramp, as in Pillow.</summary>
internal readonly ref struct Palette
{
    private const int Entries = 256;

    private readonly byte[] _rgb;

    private Palette(byte[] rgb) => _rgb = rgb;

    internal static Palette FromRgb(ReadOnlySpan<byte> rgb)
    {
        byte[] colours = Ramp();
        rgb[..Math.Min(rgb.Length, colours.Length)].CopyTo(colours);
        return new(colours);
    }

    /// <param name="bgr">Blue, green, red and the rest of each entry, which is passed over.</param>
    /// <param name="entryBytes">3 or 4.</param>
    internal static Palette FromBgr(ReadOnlySpan<byte> bgr, int entryBytes)
    {
        byte[] colours = Ramp();
        for (int i = 0; i < Math.Min(bgr.Length / entryBytes, Entries); i++)
        {
            ReadOnlySpan<byte> entry = bgr.Slice(i * entryBytes, RgbImage.Channels);
            (colours[i * 3], colours[(i * 3) + 1], colours[(i * 3) + 2]) = (entry[2], entry[1], entry[0]);
        }

        return new(colours);
    }

    internal void Fill(RgbImage image, byte index)
    {
        ReadOnlySpan<byte> colour = _rgb.AsSpan(index * RgbImage.Channels, RgbImage.Channels);
        for (int at = 0; at < image.Pixels.Length; at += RgbImage.Channels)
        {
            colour.CopyTo(image.Pixels.AsSpan(at));
        }
    }

    internal void Write(ReadOnlySpan<byte> indices, RgbImage image, int x, int y)
    {
        Span<byte> target = image.Pixels.AsSpan((y * image.RowBytes) + (x * RgbImage.Channels));
        for (int i = 0; i < indices.Length; i++)
        {
            _rgb.AsSpan(indices[i] * RgbImage.Channels, RgbImage.Channels).CopyTo(target[(i * RgbImage.Channels)..]);
        }
    }

    private static byte[] Ramp()
    {
        byte[] colours = new byte[Entries * RgbImage.Channels];
        for (int i = 0; i < colours.Length; i++)
        {
            colours[i] = (byte)(i / RgbImage.Channels);
        }

        return colours;
    }
}
