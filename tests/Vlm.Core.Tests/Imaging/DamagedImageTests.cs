using Vlm.Core.Imaging;
using static Vlm.Core.Tests.Imaging.ImageBuilders;

namespace Vlm.Core.Tests.Imaging;

public class DamagedImageTests
{
    private static readonly ImageLimits Limits = new() { MaxPixels = 100_000, MaxSide = 1000 };

    private static Dictionary<string, byte[]> Files => new()
    {
        ["baseline"] = ImageFixtures.BaselineJpeg,
        ["progressive"] = ImageFixtures.ProgressiveJpeg,
        ["cmyk"] = ImageFixtures.CmykJpeg,
        ["lossless"] = ImageFixtures.LosslessWebp,
        ["lossy"] = ImageFixtures.LossyWebp,
        ["png"] = Png(8, 8, 8, 2, [.. Enumerable.Range(0, 200).Select(i => (byte)(i % 25 == 0 ? 0 : i))]),
        ["gif"] = Gif(4, 4, GifFrame(0, 0, 4, 4, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])),
        ["bmp"] = Bmp(4, 4, 24, 0, [], new byte[48]),
        ["rle"] = Bmp(4, 2, 8, 1, new byte[1024], [4, 7, 0, 0, 0, 4, 1, 2, 3, 4, 0, 1]),
        ["tiff"] = Tiff(4, 4, new byte[48], (258, [8, 8, 8]), (262, [2]), (277, [3])),
    };

    public static TheoryData<string> Names => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decoder_FileCutAnywhere_IsRefusedOrComplete(string name)
    {
        byte[] file = Files[name];
        byte[] whole = ImageDecoder.Decode(file, Limits, applyExif: true).Pixels;
        for (int length = 1; length < file.Length; length++)
        {
            if (Decode(file[..length]) is { } image)
            {
                Assert.Equal(whole, image.Pixels);
                Assert.True(length > file.Length - 16, $"{name} at {length} of {file.Length}");
            }
        }
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("progressive")]
    [InlineData("lossy")]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("bmp")]
    [InlineData("rle")]
    [InlineData("tiff")]
    public void Decoder_FileCutInTheMiddle_IsTruncated(string name)
    {
        byte[] file = Files[name];
        byte[] cut = file[..(file.Length * 2 / 3)];
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(cut, Limits, applyExif: true));
        Assert.Equal(ImageErrorReason.Truncated, error.Reason);
    }

    [Fact]
    public void Decoder_PngWithWrongChecksum_NamesTheChunk()
    {
        byte[] png = Files["png"];
        png[^14] ^= 1;
        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(png, Limits, applyExif: true));
        Assert.Equal("picture: expected valid PNG data, found a wrong checksum in chunk IDAT.", error.Message);
        Assert.Equal(ImageErrorReason.Corrupt, error.Reason);
    }

    [Fact]
    public void Decoder_JpegWithStrayBytesInItsData_IsStillAPicture()
    {
        // An unknown marker with an impossible length just before the end: libjpeg warns and goes on, as does Pillow.
        byte[] jpeg = Files["baseline"];
        byte[] stray = [.. jpeg[..^2], 0xFF, 0xE7, 0xFF, 0xFF, 0xFF, 0xD9];
        RgbImage image = ImageDecoder.Decode(stray, Limits, applyExif: true);
        Assert.Equal(ImageDecoder.Decode(jpeg, Limits, applyExif: true).Pixels, image.Pixels);
    }

    // Whatever bytes come: a picture or a refusal, never another exception or a crash. The seed makes it repeatable.
    [Theory]
    [MemberData(nameof(Names))]
    public void Decoder_DamagedBytes_GivePictureOrRefusal(string name)
    {
        Random random = new(7);
        byte[] file = Files[name];
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. file];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            if (Decode(damaged) is { } image)
            {
                Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            }
        }
    }

    [Fact]
    public void Decoder_ManyThreads_AgreeWithOne()
    {
        Dictionary<string, byte[]> files = Files;
        Dictionary<string, byte[]> expected = files.ToDictionary(
            file => file.Key, file => ImageDecoder.Decode(file.Value, Limits, applyExif: true).Pixels);
        string[] names = [.. Enumerable.Repeat(files.Keys, 20).SelectMany(keys => keys)];

        Parallel.ForEach(names, new ParallelOptions { MaxDegreeOfParallelism = 8 }, name =>
        {
            Assert.Equal(expected[name], ImageDecoder.Decode(files[name], Limits, applyExif: true).Pixels);
            Assert.Null(Decode(files[name][..10]));
        });
    }

    private static RgbImage? Decode(byte[] file)
    {
        try
        {
            return ImageDecoder.Decode(file, Limits, applyExif: true);
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
