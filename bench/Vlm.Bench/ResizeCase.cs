using Vlm.Core.Imaging;

namespace Vlm.Bench;

/// <summary>One picture to CLIP's square: ours, which repeats Pillow's bytes, and libvips' own.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
public sealed class ResizeCase(int width, int height)
{
    private const int Size = 336;

    private readonly ClipImageProcessor _ours = new(PreprocessorConfig.Default) { MaxThreads = 1 };
    private readonly RgbImage _image = new(width, height, Noise(width * height * 3));

    /// <summary>Ours: bicubic over all pixels, one thread.</summary>
    public void Ours() => _ours.Resize(_image, ImageGeometry.Crop);

    /// <summary>vips_resize, cubic.</summary>
    public void VipsCubic() => Vips.Resize(_image.Pixels, width, height, Size, Vips.Kernel.Cubic, shrinksFirst: true);

    /// <summary>vips_resize, Lanczos.</summary>
    public void VipsLanczos() => Vips.Resize(_image.Pixels, width, height, Size, Vips.Kernel.Lanczos3, shrinksFirst: true);

    /// <summary>vips_reduce, cubic: no averaging of whole pixels first.</summary>
    public void VipsReduceCubic() => Vips.Resize(_image.Pixels, width, height, Size, Vips.Kernel.Cubic, shrinksFirst: false);

    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
