using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

public class BmpTests
{
    private static readonly byte[] TwoColours = [1, 2, 3, 0, 4, 5, 6, 0];

    // 16 colours (3i + 3, 3i + 2, 3i + 1) in RGB.
    private static byte[] SixteenColours =>
        [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 4 == 3 ? 0 : (i / 4 * 3) + (i % 4) + 1))];

    [Fact]
    public void Bmp_OneBit_LooksUpItsPalette() =>
        AssertRgb([3, 2, 1, 6, 5, 4, 6, 5, 4], Bmp(3, 1, 1, 0, TwoColours, [0b0110_0000, 0, 0, 0]));

    [Fact]
    public void Bmp_FourBits_LooksUpItsPalette() =>
        AssertRgb([6, 5, 4, 48, 47, 46], Bmp(2, 1, 4, 0, SixteenColours, [0x1F, 0, 0, 0]));

    [Fact]
    public void Bmp_EightBitsAndShortPalette_FillsWithGreyRamp()
    {
        byte[] bmp = Bmp(3, 1, 8, 0, TwoColours, [0, 1, 200, 0]);
        bmp[46] = 2;
        AssertRgb([3, 2, 1, 6, 5, 4, 200, 200, 200], bmp);
    }

    [Fact]
    public void Bmp_Rows_AreBottomUpUnlessHeightIsNegative()
    {
        byte[] rows = [1, 2, 3, 0, 4, 5, 6, 0];
        AssertRgb([6, 5, 4, 3, 2, 1], Bmp(1, 2, 24, 0, [], rows));
        AssertRgb([3, 2, 1, 6, 5, 4], Bmp(1, -2, 24, 0, [], rows));
    }

    [Fact]
    public void Bmp_DirectColours_UseTheirMasks()
    {
        AssertRgb([3, 2, 1], Bmp(1, 1, 32, 0, [], [1, 2, 3, 99]));
        AssertRgb([4, 3, 2], Bmp(1, 1, 32, 3, [.. Masks(0xFF000000, 0xFF0000, 0xFF00)], [1, 2, 3, 4]));
        // 5-5-5: 31, 16, 1 of 31; 5-6-5: 31 of 31, 32 of 63, 1 of 31.
        AssertRgb([255, 131, 8], Bmp(1, 1, 16, 0, [], [.. Little16((31 << 10) | (16 << 5) | 1), 0, 0]));
        byte[] pixel = [.. Little16((31 << 11) | (32 << 5) | 1), 0, 0];
        AssertRgb([255, 129, 8], Bmp(1, 1, 16, 3, Masks(0xF800, 0x7E0, 0x1F), pixel));
    }

    [Fact]
    public void Bmp_Os2Header_HasThreeBytePalette()
    {
        byte[] bmp =
        [
            .. "BM"u8, .. Little32(0), .. Little32(0), .. Little32(32), .. Little32(12), .. Little16(2), .. Little16(1),
            .. Little16(1), .. Little16(1), 1, 2, 3, 4, 5, 6, 0b0100_0000, 0, 0, 0,
        ];
        AssertRgb([3, 2, 1, 6, 5, 4], bmp);
    }

    [Fact]
    public void Bmp_RunLengths8_FollowEveryCode()
    {
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(i => new byte[] { (byte)i, (byte)i, (byte)i, 0 })];
        // Bottom row: three 7s, then an absolute run of three; upper row after a delta of one pixel: one 9; end.
        byte[] codes = [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 1, 9, 0, 1];
        AssertGrey([0, 9, 0, 0, 0, 0, 7, 7, 7, 1, 2, 3], Bmp(6, 2, 8, 1, palette, codes));
    }

    [Fact]
    public void Bmp_RunLengths4_AlternateHalves()
    {
        byte[] bmp = Bmp(8, 1, 4, 2, SixteenColours, [5, 0x12, 0, 3, 0x34, 0x50, 0, 1]);
        RgbImage image = ImageDecoder.Decode(bmp, new ImageLimits(), applyExif: false);
        Assert.Equal([1, 2, 1, 2, 1, 3, 4, 5], image.Pixels.Where((_, i) => i % 3 == 2).Select(blue => (blue - 1) / 3));
    }

    [Theory]
    [InlineData(2, 0, ImageErrorReason.FormatNotAllowed)]
    [InlineData(24, 4, ImageErrorReason.FormatNotAllowed)]
    [InlineData(24, 1, ImageErrorReason.FormatNotAllowed)]
    public void Bmp_UnknownStorage_IsRefused(int bits, int compression, ImageErrorReason reason)
    {
        byte[] bmp = Bmp(1, 1, bits, compression, [], new byte[64]);
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(bmp, new ImageLimits(), applyExif: false));
        Assert.Equal(reason, error.Reason);
        Assert.EndsWith($"found {bits} bits with compression {compression}.", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Masks(params uint[] masks) => [.. masks.SelectMany(BitConverter.GetBytes)];

    private static void AssertGrey(byte[] expected, byte[] file) =>
        AssertRgb([.. expected.SelectMany(grey => new[] { grey, grey, grey })], file);

    private static void AssertRgb(byte[] expected, byte[] file) =>
        Assert.Equal(expected, ImageDecoder.Decode(file, new ImageLimits(), applyExif: false).Pixels);
}
