using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vlm.Core.Imaging;

namespace Vlm.Core.Tests.Imaging;

public class ClipImageProcessorTests
{
    private static readonly PreprocessorConfig Tiny = PreprocessorConfig.Default with { Size = 56 };

    // Hashes of the 8-bit result by Pillow (image_preprocessing_vectors.json of the specification).
    [Theory]
    [InlineData(1, 1, 6, ImageGeometry.Crop)]
    [InlineData(640, 480, 1, ImageGeometry.Crop, "0e96f9753db6ebc3ec62099612f0bc178eddecdbf53036ea2f9ad7fa0e870960")]
    [InlineData(640, 480, 1, ImageGeometry.Pad, "643f12d4346bec623187398dd1c32681c3112afef7e7d95571baa53f1a949218")]
    [InlineData(480, 640, 2, ImageGeometry.Crop, "41e4520373f49005f5528a53a8e94de8cb4dab29806bf8abe33fa5f27c531ebb")]
    public void Resize_SyntheticPicture_EqualsPillow(
        int width, int height, int seed, ImageGeometry geometry, string? hash = null)
    {
        RgbImage image = SyntheticImage.Create(width, height, seed);
        byte[] pixels = new ClipImageProcessor(PreprocessorConfig.Default).Resize(image, geometry).Pixels;
        byte[] flat = [.. Enumerable.Repeat(image.Pixels[..3], 336 * 336).SelectMany(colour => colour)];
        Assert.Equal(hash ?? Sha256(flat), Sha256(pixels));
    }

    public static TheoryData<int, int> Sizes => new()
    {
        { 1, 1 }, { 1, 9 }, { 9, 1 }, { 2, 3 }, { 5, 1000 }, { 1000, 5 }, { 56, 56 }, { 56, 80 }, { 80, 56 },
        { 57, 55 }, { 112, 112 }, { 333, 500 }, { 1200, 900 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Resize_VectorsAndThreads_ChangeNoByte(int width, int height)
    {
        RgbImage image = SyntheticImage.Create(width, height, 3);
        foreach (ImageGeometry geometry in (ImageGeometry[])[ImageGeometry.Pad, ImageGeometry.Crop])
        {
            ClipImageProcessor loops = new(Tiny) { UseVectors = false, MaxThreads = 1 };
            byte[] plain = loops.Resize(image, geometry).Pixels;
            Assert.Equal(plain, new ClipImageProcessor(Tiny) { MaxThreads = 1 }.Resize(image, geometry).Pixels);
            Assert.Equal(plain, new ClipImageProcessor(Tiny) { MaxThreads = 7 }.Resize(image, geometry).Pixels);
        }
    }

    // The straight way: build the whole padded picture, resize all of it, cut the centre out.
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Resize_OnlyTheWindow_EqualsTheWholeThenCut(int width, int height)
    {
        RgbImage image = SyntheticImage.Create(width, height, 5);
        ClipImageProcessor processor = new(Tiny);
        RgbImage square = ReferenceResize.PadToSquare(image, [122, 116, 104]);
        byte[] cropped = ReferenceResize.CentreOfShortSide(image, 56).Pixels;
        byte[] padded = ReferenceResize.CentreOfShortSide(square, 56).Pixels;

        Assert.Equal(cropped, processor.Resize(image, ImageGeometry.Crop).Pixels);
        Assert.Equal(padded, processor.Resize(image, ImageGeometry.Pad).Pixels);
    }

    [Fact]
    public void Resize_Auto_FollowsTheConfiguration()
    {
        RgbImage image = SyntheticImage.Create(80, 60, 1);
        foreach (ImageGeometry geometry in (ImageGeometry[])[ImageGeometry.Pad, ImageGeometry.Crop])
        {
            ClipImageProcessor processor = new(Tiny with { DefaultGeometry = geometry });
            Assert.Equal(processor.Resize(image, geometry).Pixels, processor.Resize(image, ImageGeometry.Auto).Pixels);
        }
    }

    // Bit patterns of the specification ("normalised_samples").
    [Theory]
    [InlineData(0, "bfe568dc", "bfe044b8", "bfbd77d8")]
    [InlineData(127, "3d7ce092", "3e1d9531", "3ea6c5e6")]
    [InlineData(255, "3ff71541", "4004cae5", "40095660")]
    public void Process_Bytes_AreNormalisedExactly(byte value, string red, string green, string blue)
    {
        RgbImage image = new(56, 56, [.. Enumerable.Repeat(value, 56 * 56 * 3)]);
        PixelValues values = new ClipImageProcessor(Tiny).Process(image, ImageGeometry.Crop);
        string[] found = [.. values.Data.Distinct().Select(x => $"{BitConverter.SingleToInt32Bits(x):x8}")];
        Assert.Equal([red, green, blue], found);
        Assert.Equal((56, 56, 56), (values.Size, values.SourceWidth, values.SourceHeight));
    }

    [Fact]
    public void ContentKey_SamePixels_IsEqualAndDependsOnSize()
    {
        PixelValues one = new(2, new float[12], 10, 20);
        Assert.Equal(one.ContentKey, new PixelValues(2, new float[12], 30, 40).ContentKey);
        Assert.NotEqual(one.ContentKey, new PixelValues(1, new float[12], 10, 20).ContentKey);
        Assert.NotEqual(one.ContentKey, new PixelValues(2, [1, .. new float[11]], 10, 20).ContentKey);
        byte[] hashed = [.. MemoryMarshal.AsBytes(one.Data.AsSpan()), 2, 0, 0, 0];
        Assert.Equal(Sha256(hashed), one.ContentKey);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
