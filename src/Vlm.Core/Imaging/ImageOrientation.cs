namespace Vlm.Core.Imaging;

/// <summary>The eight EXIF orientations, undone so that the picture stands upright.</summary>
internal static class ImageOrientation
{
    private const int Upright = 1;
    private const int FirstTransposed = 5;

    /// <param name="image">As stored.</param>
    /// <param name="orientation">EXIF tag 274; 1 and values outside 1..8 change nothing.</param>
    internal static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation is <= Upright or > 8)
        {
            return image;
        }

        bool isTransposed = orientation >= FirstTransposed;
        RgbImage upright = isTransposed
            ? RgbImage.Create(image.Height, image.Width)
            : RgbImage.Create(image.Width, image.Height);
        (int origin, int stepX, int stepY) = Walk(image, orientation);
        byte[] target = upright.Pixels;
        int to = 0;
        for (int y = 0; y < upright.Height; y++)
        {
            int from = origin + (y * stepY);
            for (int x = 0; x < upright.Width; x++, from += stepX, to += RgbImage.Channels)
            {
                target[to] = image.Pixels[from];
                target[to + 1] = image.Pixels[from + 1];
                target[to + 2] = image.Pixels[from + 2];
            }
        }

        return upright;
    }

    // Where the walk over the stored bytes starts, and how far one step right or down on the upright picture goes.
    private static (int Origin, int StepX, int StepY) Walk(RgbImage image, int orientation)
    {
        int column = RgbImage.Channels;
        int row = image.RowBytes;
        int lastColumn = row - column;
        int lastRow = row * (image.Height - 1);
        return orientation switch
        {
            2 => (lastColumn, -column, row),
            3 => (lastColumn + lastRow, -column, -row),
            4 => (lastRow, column, -row),
            5 => (0, row, column),
            6 => (lastRow, -row, column),
            7 => (lastColumn + lastRow, -row, -column),
            _ => (lastColumn, row, -column),
        };
    }
}
