namespace Vlm.Core.Imaging;

/// <summary>[2] CLIP's image preprocessing (llava.md 5): geometry, bicubic resize, rescale, normalise.</summary>
/// <param name="config">Size, geometry and constants of the checkpoint.</param>
public sealed class ClipImageProcessor(PreprocessorConfig config)
{
    private readonly float[] _table = BuildTable(config);
    private readonly byte[] _ground = [.. config.Mean.Select(mean => (byte)((double)mean * byte.MaxValue))];

    /// <summary>Upper bound of threads for one picture; default: all processors.</summary>
    public int MaxThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>False forces plain loops instead of vector instructions; the results are the same.</summary>
    internal bool UseVectors { get; init; } = true;

    /// <summary>The square that the vision tower sees, before normalising.</summary>
    /// <returns>Size x Size pixels.</returns>
    public RgbImage Resize(RgbImage image, ImageGeometry geometry)
    {
        bool isPadded = (geometry == ImageGeometry.Auto ? config.DefaultGeometry : geometry) == ImageGeometry.Pad;
        ImageCanvas canvas = isPadded ? ImageCanvas.Square(image, _ground) : ImageCanvas.Of(image);
        return new Resampler(UseVectors, MaxThreads).Resize(canvas, CentreWindow(canvas));
    }

    /// <summary>The input of the vision tower.</summary>
    /// <returns>[3, Size, Size] float32.</returns>
    public PixelValues Process(RgbImage image, ImageGeometry geometry)
    {
        byte[] pixels = Resize(image, geometry).Pixels;
        int plane = config.Size * config.Size;
        float[] data = GC.AllocateUninitializedArray<float>(plane * RgbImage.Channels);
        for (int channel = 0; channel < RgbImage.Channels; channel++)
        {
            ReadOnlySpan<float> table = _table.AsSpan(channel * 256, 256);
            Span<float> target = data.AsSpan(channel * plane, plane);
            for (int i = 0, at = channel; i < target.Length; i++, at += RgbImage.Channels)
            {
                target[i] = table[pixels[at]];
            }
        }

        return new(config.Size, data, image.Width, image.Height);
    }

    // Short side to Size, long side by multiplication, division and truncation (llava.md 5.4).
    private ResampleWindow CentreWindow(ImageCanvas canvas)
    {
        int size = config.Size;
        int width = canvas.Width <= canvas.Height ? size : Scale(canvas.Width, canvas.Height);
        int height = canvas.Width <= canvas.Height ? Scale(canvas.Height, canvas.Width) : size;
        return new(width, height, (width - size) / 2, (height - size) / 2, size);
    }

    private int Scale(int longSide, int shortSide) => (int)((double)((long)config.Size * longSide) / shortSide);

    // [3, 256]: all values there are (llava.md 5.6).
    private static float[] BuildTable(PreprocessorConfig config)
    {
        float[] table = new float[RgbImage.Channels * 256];
        for (int i = 0; i < table.Length; i++)
        {
            (int channel, int value) = Math.DivRem(i, 256);
            table[i] = ((float)(value * config.RescaleFactor) - config.Mean[channel]) / config.Std[channel];
        }

        return table;
    }
}
