using System.Buffers.Binary;
using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

public class ImageLimitsTests
{
    private static readonly ImageLimits Small = new() { MaxBytes = 2000, MaxPixels = 100, MaxSide = 20, MaxFrames = 2 };

    [Fact]
    public void Decoder_EmptyFile_IsRefused() => AssertRefused(
        ImageErrorReason.Empty, "picture: expected JPEG, PNG, WebP, GIF, BMP or TIFF, found an empty file.", []);

    [Fact]
    public void Decoder_TooManyBytes_IsRefusedBeforeTheFormatIsTold() => AssertRefused(
        ImageErrorReason.TooManyBytes, "picture: expected at most 2000 bytes, found 2001.", new byte[2001]);

    [Theory]
    [InlineData(21, 1, ImageErrorReason.TooManyPixels, "sides of at most 20 pixels, found 21 x 1.")]
    [InlineData(11, 10, ImageErrorReason.TooManyPixels, "at most 100 pixels, found 11 x 10.")]
    [InlineData(0, 5, ImageErrorReason.ZeroSize, "at least 1 x 1 pixel, found 0 x 5.")]
    public void Decoder_HeaderBeyondLimits_IsRefusedWithoutPixels(
        int width, int height, ImageErrorReason reason, string text)
    {
        string message = $"picture: expected {text}";
        AssertRefused(reason, message, Png(width, height, 8, 2, []));
        AssertRefused(reason, message, Bmp(width, height, 24, 0, [], []));
        AssertRefused(reason, message, Tiff(width, height, [], (258, [8]), (262, [1]), (277, [1])));
        AssertRefused(reason, message, Gif(width, height, GifFrame(0, 0, 0, 0, [])));
        AssertRefused(reason, message, JpegOfSize(width, height));
    }

    [Fact]
    public void Decoder_TiffTileBeyondLimits_IsRefused() => AssertRefused(
        ImageErrorReason.TooManyPixels, "picture: expected sides of at most 20 pixels, found 64 x 16.",
        Tiff(2, 2, [1, 2, 3, 4], (258, [8]), (262, [1]), (277, [1]), (322, [64]), (323, [16])));

    [Fact]
    public void Decoder_WebpCanvasBeyondLimits_IsRefused()
    {
        byte[] webp = ImageFixtures.LosslessWebp;
        webp[24] = 30;
        AssertRefused(
            ImageErrorReason.TooManyPixels, "picture: expected sides of at most 20 pixels, found 31 x 8.", webp);
    }

    [Fact]
    public void Decoder_TooManyPages_IsRefused()
    {
        // A directory that names itself as the next one.
        byte[] tiff = Tiff(1, 1, [1, 2], (258, [8]), (262, [1]), (277, [1]));
        int directory = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(4));
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(directory));
        BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(directory + 2 + (entries * 12)), directory);
        AssertRefused(ImageErrorReason.TooManyFrames, "picture: expected at most 2 frames, found 3 or more.", tiff);
    }

    [Fact]
    public void Decoder_EndlessScans_AreRefused()
    {
        byte[] jpeg = ImageFixtures.ProgressiveJpeg;
        int scan = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        byte[] scans = [.. Enumerable.Repeat(jpeg[scan..^2], 200).SelectMany(bytes => bytes)];
        var error = Assert.Throws<ImageException>(
            () => ImageDecoder.Decode([.. jpeg[..scan], .. scans, 0xFF, 0xD9], new ImageLimits(), applyExif: false));
        Assert.Equal("picture: expected valid JPEG data, found more than 128 scans.", error.Message);
    }

    [Theory]
    [InlineData("%PDF-1.4", ImageErrorReason.FormatNotAllowed)]
    [InlineData("<?xml version='1.0'?><svg/>", ImageErrorReason.FormatNotAllowed)]
    [InlineData("  \n<svg xmlns='http://www.w3.org/2000/svg'/>", ImageErrorReason.FormatNotAllowed)]
    [InlineData("P6 1 1 255 abc", ImageErrorReason.FormatNotAllowed)]
    [InlineData("\0\0\0\u0020ftypheic", ImageErrorReason.FormatNotAllowed)]
    [InlineData("push graphic-context", ImageErrorReason.UnknownFormat)]
    [InlineData("x", ImageErrorReason.UnknownFormat)]
    public void Decoder_OtherFormats_AreRefusedByTheirBytes(string content, ImageErrorReason reason)
    {
        byte[] bytes = [.. content.Select(letter => (byte)letter)];
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(bytes, Small, applyExif: false));
        Assert.Equal(reason, error.Reason);
    }

    private static byte[] JpegOfSize(int width, int height)
    {
        byte[] jpeg = ImageFixtures.BaselineJpeg;
        int frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);
        return jpeg;
    }

    private static void AssertRefused(ImageErrorReason reason, string message, byte[] bytes)
    {
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(bytes, Small, applyExif: false));
        Assert.Equal((reason, message), (error.Reason, error.Message));
    }
}
