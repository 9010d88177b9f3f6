using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

public class OrientationTests
{
    // A stored picture "ab/cd/ef" and how each orientation turns it upright (EXIF 2.32, tag 274).
    [Theory]
    [InlineData(1, 2, "abcdef")]
    [InlineData(2, 2, "badcfe")]
    [InlineData(3, 2, "fedcba")]
    [InlineData(4, 2, "efcdab")]
    [InlineData(5, 3, "acebdf")]
    [InlineData(6, 3, "ecafdb")]
    [InlineData(7, 3, "fdbeca")]
    [InlineData(8, 3, "bdface")]
    [InlineData(0, 2, "abcdef")]
    [InlineData(9, 2, "abcdef")]
    public void Decoder_EveryOrientation_TurnsPngAndTiffUpright(int orientation, int width, string expected)
    {
        byte[] grey = [.. "abcdef".Select(letter => (byte)letter)];
        byte[] rows = [0, .. grey[..2], 0, .. grey[2..4], 0, .. grey[4..]];
        byte[] png = Png(2, 3, 8, 0, rows, PngChunk("eXIf", Exif(orientation)));
        byte[] tiff = Tiff(2, 3, grey, (258, [8]), (262, [1]), (277, [1]), (274, [orientation]));

        Assert.Equal((width, expected), Text(png, applyExif: true));
        Assert.Equal((2, "abcdef"), Text(png, applyExif: false));
        Assert.Equal((width, expected), Text(tiff, applyExif: false));
    }

    [Fact]
    public void Decoder_OrientationBehindThePixels_IsSeen()
    {
        byte[] png = Png(2, 1, 8, 0, [0, 1, 7]);
        byte[] late = [.. png[..^12], .. PngChunk("eXIf", Exif(6)), .. png[^12..]];

        Assert.Equal((1, 2), Size(ImageDecoder.Decode(late, new ImageLimits(), applyExif: true)));
    }

    [Theory]
    [InlineData(3, 16, 8)]
    [InlineData(6, 8, 16)]
    public void Decoder_JpegOrientation_IsAppliedOnRequest(int orientation, int width, int height)
    {
        byte[] jpeg = JpegWithExif(ImageFixtures.BaselineJpeg, orientation);

        RgbImage upright = ImageDecoder.Decode(jpeg, new ImageLimits(), applyExif: true);
        RgbImage stored = ImageDecoder.Decode(jpeg, new ImageLimits(), applyExif: false);

        Assert.Equal((width, height), Size(upright));
        Assert.Equal((16, 8), Size(stored));
        // The left colour comes to the right when turned by 180 degrees, to the top when turned by 90.
        Assert.Equal(stored.Pixels[..3], orientation == 3 ? upright.Pixels[^3..] : upright.Pixels[..3]);
    }

    [Fact]
    public void Decoder_WebpOrientation_IsAppliedOnRequest()
    {
        byte[] webp = WebpWithExif(ImageFixtures.LosslessWebp, 8);

        Assert.Equal((8, 16), Size(ImageDecoder.Decode(webp, new ImageLimits(), applyExif: true)));
        Assert.Equal((16, 8), Size(ImageDecoder.Decode(webp, new ImageLimits(), applyExif: false)));
    }

    // The extended header (first chunk, 18 bytes) already announces EXIF; the old EXIF chunk behind the pixels goes.
    private static byte[] WebpWithExif(byte[] webp, int orientation)
    {
        int pixels = 12 + 18;
        int end = pixels + 8 + BitConverter.ToInt32(webp, pixels + 4);
        end += end & 1;
        byte[] exif = Exif(orientation);
        byte[] body = [.. webp[8..end], .. "EXIF"u8, .. Little32(exif.Length), .. exif];
        return [.. "RIFF"u8, .. Little32(body.Length), .. body];
    }

    private static (int Width, string Text) Text(byte[] file, bool applyExif)
    {
        RgbImage image = ImageDecoder.Decode(file, new ImageLimits(), applyExif);
        return (image.Width, string.Concat(image.Pixels.Where((_, i) => i % 3 == 0).Select(grey => (char)grey)));
    }

    private static (int Width, int Height) Size(RgbImage image) => (image.Width, image.Height);
}
