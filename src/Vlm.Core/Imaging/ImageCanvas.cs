namespace Vlm.Core.Imaging;

/// <summary>A picture placed on a larger ground of one colour, without the ground ever being built.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Width">Of the ground; at least the picture's right edge.</param>
/// <param name="Height">Of the ground; at least the picture's lower edge.</param>
/// <param name="Left">Of the picture on the ground.</param>
/// <param name="Top">Of the picture on the ground.</param>
/// <param name="Ground">RGB of the ground.</param>
internal sealed record ImageCanvas(RgbImage Image, int Width, int Height, int Left, int Top, byte[] Ground)
{
    internal static ImageCanvas Of(RgbImage image) => new(image, image.Width, image.Height, 0, 0, [0, 0, 0]);

    /// <summary>The smallest square around the picture (llava.md 5.3).</summary>
    internal static ImageCanvas Square(RgbImage image, byte[] ground)
    {
        int side = Math.Max(image.Width, image.Height);
        return new(image, side, side, (side - image.Width) / 2, (side - image.Height) / 2, ground);
    }

    internal bool IsGround(int y) => y < Top || y >= Top + Image.Height;

    internal bool HasWholeRows => Width == Image.Width;

    /// <summary>Copies one row; <paramref name="target"/> has at least Width pixels.</summary>
    internal void CopyRow(int y, Span<byte> target)
    {
        if (IsGround(y))
        {
            FillGround(target[..(Width * RgbImage.Channels)]);
            return;
        }

        int start = Left * RgbImage.Channels;
        FillGround(target[..start]);
        Image.Pixels.AsSpan((y - Top) * Image.RowBytes, Image.RowBytes).CopyTo(target[start..]);
        FillGround(target[(start + Image.RowBytes)..(Width * RgbImage.Channels)]);
    }

    internal void FillGround(Span<byte> pixels)
    {
        for (int at = 0; at < pixels.Length; at += RgbImage.Channels)
        {
            Ground.CopyTo(pixels[at..]);
        }
    }
}
