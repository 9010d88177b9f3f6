using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Vlm.Core.Imaging;

/// <summary>Bounds on pictures, checked on the header before any pixel is decoded.</summary>
public sealed class ImageLimits
{
    /// <summary>Largest file, bytes; default 20 MiB.</summary>
    [Range(1, int.MaxValue)]
    public long MaxBytes { get; set; } = 20L << 20;

    /// <summary>Largest width times height; default 50 million.</summary>
    [Range(1, 500_000_000)]
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Largest width or height, pixels; default 16384.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; set; } = 16_384;

    /// <summary>Most frames or pages in one file (only the first is used); default 64.</summary>
    [Range(1, 65_535)]
    public int MaxFrames { get; set; } = 64;

    internal void CheckBytes(long count)
    {
        if (count > MaxBytes)
        {
            throw ImageException.Of(ImageErrorReason.TooManyBytes, $"at most {Text(MaxBytes)} bytes", Text(count));
        }
    }

    /// <exception cref="ImageException">ZeroSize or TooManyPixels.</exception>
    internal void CheckSize(long width, long height)
    {
        string found = $"{Text(width)} x {Text(height)}";
        if (width <= 0 || height <= 0)
        {
            throw ImageException.Of(ImageErrorReason.ZeroSize, "at least 1 x 1 pixel", found);
        }

        if (width > MaxSide || height > MaxSide)
        {
            throw ImageException.Of(ImageErrorReason.TooManyPixels, $"sides of at most {Text(MaxSide)} pixels", found);
        }

        if (width * height > MaxPixels)
        {
            throw ImageException.Of(ImageErrorReason.TooManyPixels, $"at most {Text(MaxPixels)} pixels", found);
        }
    }

    internal void CheckFrames(long count)
    {
        if (count > MaxFrames)
        {
            throw ImageException.Of(
                ImageErrorReason.TooManyFrames, $"at most {Text(MaxFrames)} frames", $"{Text(count)} or more");
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
