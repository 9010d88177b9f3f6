using Vlm.Core.Imaging;

namespace Vlm.Core.Tests.Imaging;

/// <summary>llava.md 5.3 to 5.5 written down once more, whole picture at a time and without any shortcut.</summary>
internal static class ReferenceResize
{
    internal static RgbImage PadToSquare(RgbImage image, byte[] fill)
    {
        int side = Math.Max(image.Width, image.Height);
        byte[] pixels = [.. Enumerable.Repeat(fill, side * side).SelectMany(colour => colour)];
        int left = (side - image.Width) / 2, top = (side - image.Height) / 2;
        for (int y = 0; y < image.Height; y++)
        {
            Array.Copy(image.Pixels, y * image.Width * 3, pixels, (((y + top) * side) + left) * 3, image.Width * 3);
        }

        return new(side, side, pixels);
    }

    internal static RgbImage CentreOfShortSide(RgbImage image, int size)
    {
        bool isUpright = image.Width <= image.Height;
        int width = isUpright ? size : (int)((double)(size * image.Width) / image.Height);
        int height = isUpright ? (int)((double)(size * image.Height) / image.Width) : size;
        RgbImage resized = Transpose(ResizeWidth(Transpose(ResizeWidth(image, width)), height));
        int left = (width - size) / 2, top = (height - size) / 2;
        byte[] pixels = [.. Enumerable.Range(top, size)
            .SelectMany(y => resized.Pixels.Skip(((y * width) + left) * 3).Take(size * 3))];
        return new(size, size, pixels);
    }

    private static RgbImage ResizeWidth(RgbImage image, int width)
    {
        if (width == image.Width)
        {
            return image;
        }

        double scale = (double)image.Width / width, filter = Math.Max(scale, 1);
        byte[] pixels = new byte[width * image.Height * 3];
        for (int x = 0; x < width; x++)
        {
            double centre = (x + 0.5) * scale;
            int low = Math.Max(0, (int)(centre - (2 * filter) + 0.5));
            int high = Math.Min(image.Width, (int)(centre + (2 * filter) + 0.5));
            IEnumerable<int> window = Enumerable.Range(low, high - low);
            double[] weights = [.. window.Select(i => Kernel((i - centre + 0.5) * (1 / filter)))];
            double sum = weights.Sum();
            int[] fixedPoint = [.. weights.Select(w => (int)((w / sum * (1 << 22)) + (w < 0 ? -0.5 : 0.5)))];
            for (int at = 0; at < image.Height * 3; at++)
            {
                (int y, int c) = Math.DivRem(at, 3);
                long total = 1 << 21;
                for (int i = low; i < high; i++)
                {
                    total += (long)fixedPoint[i - low] * image.Pixels[(((y * image.Width) + i) * 3) + c];
                }

                pixels[(((y * width) + x) * 3) + c] = (byte)Math.Clamp(total >> 22, 0, 255);
            }
        }

        return new(width, image.Height, pixels);
    }

    private static double Kernel(double t)
    {
        const double a = -0.5;
        t = Math.Abs(t);
        return t < 1 ? (((((a + 2) * t) - (a + 3)) * t * t) + 1) : t < 2 ? (((((t - 5) * t) + 8) * t) - 4) * a : 0;
    }

    private static RgbImage Transpose(RgbImage image)
    {
        byte[] pixels = new byte[image.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y, int c) = (i / 3 % image.Width, i / 3 / image.Width, i % 3);
            pixels[(((x * image.Height) + y) * 3) + c] = image.Pixels[i];
        }

        return new(image.Height, image.Width, pixels);
    }
}
