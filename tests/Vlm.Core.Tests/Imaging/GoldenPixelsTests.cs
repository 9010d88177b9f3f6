using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Testing;

namespace Vlm.Core.Tests.Imaging;

/// <summary>Every picture and geometry of shared/golden/pixels against Pillow's result.</summary>
public class GoldenPixelsTests
{
    // JPEG and WebP decoders differ by rounding (golden README, "Precision").
    private const int LossyLargest = 2;
    private const double LossyMean = 0.1;

    private static readonly ImageLimits Limits = new();

    [SkippableFact]
    public void Decoder_EveryGoldenPicture_MatchesPillow()
    {
        string index = File.ReadAllText(Golden.Folder("pixels", "index.json"));
        List<string> failures = [];
        int compared = 0;
        foreach (JsonElement item in JsonDocument.Parse(index).RootElement.EnumerateArray())
        {
            failures.AddRange(Compare(item));
            compared++;
        }

        Assert.True(compared > 0);
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static IEnumerable<string> Compare(JsonElement item)
    {
        string name = item.GetProperty("image").GetString()!;
        string expectedName = item.GetProperty("expected").GetString()!;
        bool isPadded = item.GetProperty("geometry").GetString() == "pad";
        ImageGeometry geometry = isPadded ? ImageGeometry.Pad : ImageGeometry.Crop;
        PreprocessorConfig config = PreprocessorConfig.Default with { Size = item.GetProperty("size").GetInt32() };
        ClipImageProcessor processor = new(config);
        RgbImage image = ImageDecoder.Decode(
            File.ReadAllBytes(Golden.Folder("images", name)), Limits, item.GetProperty("apply_exif").GetBoolean());
        byte[] expected = ImageDecoder.Decode(
            File.ReadAllBytes(Golden.Folder("pixels", expectedName)), Limits, applyExif: false).Pixels;
        byte[] found = processor.Resize(image, geometry).Pixels;
        int[] differences = [.. expected.Zip(found, (a, b) => Math.Abs(a - b))];
        if (item.GetProperty("lossy").GetBoolean())
        {
            if (differences.Max() > LossyLargest || differences.Average() > LossyMean)
            {
                yield return $"{expectedName}: largest {differences.Max()}, mean {differences.Average():F4}";
            }

            yield break;
        }

        if (differences.Max() != 0)
        {
            yield return $"{expectedName}: largest {differences.Max()}, mean {differences.Average():F4}";
        }

        string hash = Sha256(MemoryMarshal.AsBytes(processor.Process(image, geometry).Data.AsSpan()));
        if (hash != item.GetProperty("pixel_values_sha256").GetString())
        {
            yield return $"{expectedName}: pixel values differ";
        }
    }

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
