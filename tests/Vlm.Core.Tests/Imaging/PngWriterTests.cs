using Vlm.Core.Imaging;

namespace Vlm.Core.Tests.Imaging;

/// <summary>What is written is what the decoder reads.</summary>
public class PngWriterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(336, 336)]
    public void Write_Rgb_DecodesToTheSamePixels(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(width).NextBytes(pixels);

        RgbImage image = ImageDecoder.Decode(PngWriter.Write(width, pixels, channels: 3), new ImageLimits(), applyExif: false);

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(pixels, image.Pixels);
    }

    [Fact]
    public void Write_Rgba_KeepsColoursBesideAlpha()
    {
        byte[] pixels = [10, 20, 30, 255, 40, 50, 60, 128];

        RgbImage image = ImageDecoder.Decode(PngWriter.Write(2, pixels, channels: 4), new ImageLimits(), applyExif: false);

        Assert.Equal([10, 20, 30, 40, 50, 60], image.Pixels); // the decoder drops alpha, as the reference does
    }
}
