using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

public class GifTests
{
    [Fact]
    public void Gif_Transparency_KeepsThePaletteColour() =>
        AssertIndices([1, 2, 3, 0], Gif(2, 2, GifTransparency(2), GifFrame(0, 0, 2, 2, [1, 2, 3, 0])));

    [Fact]
    public void Gif_FrameInsideTheScreen_StandsOnColourZeroOrTransparent()
    {
        AssertIndices([0, 0, 0, 3], Gif(2, 2, GifFrame(1, 1, 1, 1, [3])));
        AssertIndices([2, 2, 2, 3], Gif(2, 2, GifTransparency(2), GifFrame(1, 1, 1, 1, [3])));
    }

    [Fact]
    public void Gif_FrameBeyondTheScreen_EnlargesIt() =>
        AssertIndices([0, 0, 0, 0, 0, 3], Gif(1, 1, GifFrame(2, 1, 1, 1, [3])), width: 3);

    [Fact]
    public void Gif_Interlaced_RestoresTheOrderOfRows()
    {
        byte[] frame = GifFrame(0, 0, 1, 10, [0, 0, 1, 2, 2, 3, 3, 3, 3, 3], isInterlaced: true);
        AssertIndices([0, 3, 2, 3, 1, 3, 2, 3, 0, 3], Gif(1, 10, frame), width: 1);
    }

    [Fact]
    public void Gif_Animation_GivesItsFirstFrame() =>
        AssertIndices([1], Gif(1, 1, GifFrame(0, 0, 1, 1, [1]), GifFrame(0, 0, 1, 1, [2])), width: 1);

    [Fact]
    public void Gif_LongCodes_GrowAndFillTheTable()
    {
        // Pillow's encoder and others reach 12-bit codes; here a picture large enough to fill the table of 4096.
        byte[] indices = [.. Enumerable.Range(0, 200 * 200).Select(i => (byte)((i * i / 7 % 11) & 3))];
        byte[] packed = LzwEncoder.Encode(indices, 2);
        byte[] frame = [0x2C, 0, 0, 0, 0, 200, 0, 200, 0, 0, 2, .. GifBlocks(packed)];
        AssertIndices(indices, Gif(200, 200, frame), width: 200);
    }

    [Fact]
    public void Gif_ThousandFrames_IsRefused()
    {
        byte[] gif = Gif(1, 1, [.. Enumerable.Repeat(GifFrame(0, 0, 1, 1, [1]), 1000)]);
        AssertRefused(ImageErrorReason.TooManyFrames, gif);
    }

    [Fact]
    public void Gif_CutBehindItsFirstFrame_IsStillAPicture()
    {
        byte[] gif = Gif(1, 1, GifFrame(0, 0, 1, 1, [1]), GifFrame(0, 0, 1, 1, [2]));
        AssertIndices([1], gif[..^4], width: 1);
    }

    [Fact]
    public void Gif_EarlyEnd_IsTruncated() =>
        AssertRefused(ImageErrorReason.Truncated, Gif(2, 2, GifFrame(0, 0, 2, 2, [1, 2, 3])));

    [Fact]
    public void Gif_ImpossibleCode_IsCorrupt() =>
        AssertRefused(ImageErrorReason.Corrupt, Gif(1, 1, [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0b0011_1100, 0]));

    private static void AssertRefused(ImageErrorReason reason, byte[] file) => Assert.Equal(
        reason, Assert.Throws<ImageException>(() => ImageDecoder.Decode(file, new ImageLimits(), false)).Reason);

    private static void AssertIndices(byte[] expected, byte[] file, int width = 2)
    {
        RgbImage image = ImageDecoder.Decode(file, new ImageLimits(), applyExif: false);
        Assert.Equal((width, expected.Length / width), (image.Width, image.Height));
        Assert.Equal(expected.SelectMany(i => new[] { (byte)(10 * i), (byte)(20 * i), (byte)(30 * i) }), image.Pixels);
    }
}
