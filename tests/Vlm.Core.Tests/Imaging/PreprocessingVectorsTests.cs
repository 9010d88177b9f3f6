using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Testing;

namespace Vlm.Core.Tests.Imaging;

/// <summary>The 14 synthetic pictures of shared/spec/image_preprocessing_vectors.json.</summary>
public class PreprocessingVectorsTests
{
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Processor_EveryVector_GivesItsHashes(bool useVectors)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(Golden.Spec("image_preprocessing_vectors.json")));
        ClipImageProcessor processor = new(PreprocessorConfig.Default) { UseVectors = useVectors };
        int compared = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            int Number(string name) => item.GetProperty(name).GetInt32();
            RgbImage image = SyntheticImage.Create(Number("width"), Number("height"), Number("seed"));
            Assert.Equal(item.GetProperty("source_sha256").GetString(), Sha256(image.Pixels));
            Compare(processor, image, ImageGeometry.Crop, item.GetProperty("crop"));
            Compare(processor, image, ImageGeometry.Pad, item.GetProperty("pad"));
            compared++;
        }

        Assert.Equal(14, compared);
    }

    private static void Compare(
        ClipImageProcessor processor, RgbImage image, ImageGeometry geometry, JsonElement expected)
    {
        string place = $"{image.Width} x {image.Height} {geometry}";
        byte[] pixels = processor.Resize(image, geometry).Pixels;
        float[] values = processor.Process(image, geometry).Data;
        Assert.Equal((place, expected.GetProperty("rgb_hwc_uint8_sha256").GetString()), (place, Sha256(pixels)));
        string floats = Sha256(MemoryMarshal.AsBytes(values.AsSpan()));
        Assert.Equal((place, expected.GetProperty("float32_chw_le_sha256").GetString()), (place, floats));
    }

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
