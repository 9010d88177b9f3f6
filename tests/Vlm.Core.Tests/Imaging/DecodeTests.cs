using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

/// <summary>What each kind of stored sample becomes, with the RGB worked out by hand from Pillow's rules.</summary>
public class DecodeTests
{
    private const int Rounding = 2;

    [Theory]
    [InlineData(1, new byte[] { 0, 0b0110_0000 }, new byte[] { 0, 255, 255 })]
    [InlineData(2, new byte[] { 0, 0b0001_1000 }, new byte[] { 0, 85, 170 })]
    [InlineData(4, new byte[] { 0, 0x03, 0xA0 }, new byte[] { 0, 51, 170 })]
    [InlineData(8, new byte[] { 0, 0, 7, 250 }, new byte[] { 0, 7, 250 })]
    [InlineData(16, new byte[] { 0, 0, 0x20, 0, 0xFF, 1, 0 }, new byte[] { 32, 255, 255 })]
    public void Png_Grey_IsReplicatedAndWideGreyClipped(int depth, byte[] row, byte[] expected) =>
        AssertGrey(expected, Png(3, 1, depth, 0, row));

    [Fact]
    public void Png_GreyWithTransparency_KeepsItsGrey()
    {
        AssertGrey([1, 7], Png(2, 1, 8, 0, [0, 1, 7], PngChunk("tRNS", [0, 7])));
        AssertGrey([9, 255], Png(2, 1, 16, 0, [0, 0, 9, 4, 0], PngChunk("tRNS", [0, 9])));
        AssertGrey([0x12, 0x56], Png(2, 1, 16, 4, [0, 0x12, 0x34, 0, 0, 0x56, 0x78, 1, 1]));
    }

    [Fact]
    public void Png_Colours_DropAlpha()
    {
        AssertRgb([1, 2, 3, 4, 5, 6], Png(2, 1, 8, 6, [0, 1, 2, 3, 0, 4, 5, 6, 128]));
        AssertRgb([1, 3, 5, 7, 9, 11], Png(2, 1, 16, 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        AssertRgb(
            [4, 5, 6, 1, 2, 3],
            Png(2, 1, 8, 3, [0, 1, 0], PngChunk("PLTE", [1, 2, 3, 4, 5, 6]), PngChunk("tRNS", [0, 128])));
    }

    [Fact]
    public void Jpeg_HalvesOfOneColour_KeepThem()
    {
        AssertNear([200, 60, 30], [20, 90, 220], Decode(ImageFixtures.BaselineJpeg));
        AssertNear([200, 60, 30], [20, 90, 220], Decode(ImageFixtures.ProgressiveJpeg));
    }

    [Fact]
    public void Jpeg_Cmyk_FollowsPillowWithAndWithoutAdobeMarker()
    {
        byte[] jpeg = ImageFixtures.CmykJpeg;
        Assert.Equal([0xFF, 0xEE, 0, 14], jpeg[2..6]);
        AssertNear([197, 125, 157], [55, 235, 255], Decode(jpeg));
        AssertNear([197, 125, 157], [55, 235, 255], Decode([.. jpeg[..2], .. jpeg[18..]]));
    }

    [Fact]
    public void Webp_EveryKind_KeepsColoursAndDropsAlpha()
    {
        AssertNear([200, 60, 30], [20, 90, 220], Decode(ImageFixtures.LosslessWebp));
        AssertNear([200, 60, 30], [20, 90, 220], Decode(ImageFixtures.LossyWebp));
        AssertRgb(
            [.. Enumerable.Range(0, 8).SelectMany(k => new[] { (byte)(30 * k), (byte)(255 - (30 * k)), (byte)7 })],
            ImageFixtures.AlphaWebp);
    }

    [Fact]
    public void Tiff_Grey_IsReplicated()
    {
        AssertGrey([0, 9, 250], Tiff(3, 1, [0, 9, 250], (258, [8]), (262, [1]), (277, [1])));
        AssertGrey([255, 246, 5], Tiff(3, 1, [0, 9, 250], (258, [8]), (262, [0]), (277, [1])));
        AssertGrey([32, 255], Tiff(2, 1, [0x20, 0, 0xFF, 1], (258, [16]), (262, [1]), (277, [1])));
        AssertGrey([0, 255, 255], Tiff(3, 1, [0b0110_0000], (258, [1]), (262, [1]), (277, [1])));
        AssertGrey([51, 170], Tiff(2, 1, [0x3A], (258, [4]), (262, [1]), (277, [1])));
    }

    [Fact]
    public void Tiff_Colours_FollowTheirKind()
    {
        AssertRgb([1, 2, 3, 4, 5, 6], Tiff(2, 1, [1, 2, 3, 4, 5, 6], (258, [8, 8, 8]), (262, [2]), (277, [3])));
        AssertRgb(
            [1, 2, 3, 4, 5, 6],
            Tiff(2, 1, [1, 2, 3, 0, 4, 5, 6, 9], (258, [8, 8, 8, 8]), (262, [2]), (277, [4]), (338, [2])));
        AssertRgb(
            [127, 255, 0, 0, 0, 0],
            Tiff(2, 1, [50, 100, 0, 100, 4, 5, 6, 0], (258, [8, 8, 8, 8]), (262, [2]), (277, [4]), (338, [1])));
        AssertRgb(
            [197, 125, 157], Tiff(1, 1, [10, 100, 60, 50], (258, [8, 8, 8, 8]), (262, [5]), (277, [4]), (332, [1])));
        int[] map = [.. Enumerable.Range(0, 48).Select(i => i * 256)];
        AssertRgb([1, 17, 33, 15, 31, 47], Tiff(2, 1, [0x1F], (258, [4]), (262, [3]), (277, [1]), (320, map)));
    }

    [Fact]
    public void Tiff_AssociatedAlpha_IsDividedOutInIntegers()
    {
        byte[] values = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        byte[] data = [.. values.SelectMany(alpha => values.SelectMany(x => new[] { x, x, x, alpha }))];
        byte[] tiff = Tiff(256, 256, data, (258, [8, 8, 8, 8]), (262, [2]), (277, [4]), (338, [1]));
        AssertGrey(
            [.. values.SelectMany(a => values.Select(x => (byte)(a == 0 ? 0 : Math.Min(255, 255 * x / a))))],
            tiff);
    }

    [Fact]
    public void Tiff_Measurements_AreClipped() =>
        AssertGrey(
            [0, 7, 255],
            Tiff(
                3, 1, [.. new[] { -3f, 7.9f, 300f }.SelectMany(BitConverter.GetBytes)], (258, [32]), (262, [1]),
                (277, [1]), (339, [3])));

    [Fact]
    public void File_TextBombs_AreDroppedBeforeTheLibrarySeesThem()
    {
        byte[] png = Png(1, 1, 8, 0, [0, 9], PngChunk("zTXt", new byte[1000]), PngChunk("iCCP", new byte[1000]));
        Assert.True(PngFile.Check(png, new ImageLimits()).Bytes.Length < 100);
        AssertGrey([9], png);
    }

    private static void AssertGrey(byte[] expected, byte[] file) =>
        AssertRgb([.. expected.SelectMany(grey => new[] { grey, grey, grey })], file);

    private static void AssertRgb(byte[] expected, byte[] file) => Assert.Equal(expected, Decode(file).Pixels);

    private static void AssertNear(int[] left, int[] right, RgbImage image)
    {
        Assert.Equal((16, 8), (image.Width, image.Height));
        foreach (int y in (int[])[0, 7])
        {
            for (int c = 0; c < 3; c++)
            {
                Assert.InRange(image.Pixels[(y * 48) + c] - left[c], -Rounding, Rounding);
                Assert.InRange(image.Pixels[(y * 48) + 45 + c] - right[c], -Rounding, Rounding);
            }
        }
    }

    private static RgbImage Decode(byte[] file) => ImageDecoder.Decode(file, new ImageLimits(), applyExif: false);
}
