using System.Globalization;
using System.Text.Json;
using Vlm.Core.Imaging;

namespace Vlm.Eval.Golden;

/// <summary>Picture decoding and geometry against <c>pixels/index.json</c>.</summary>
internal static class PictureChecks
{
    /// <summary>Lossy decoders may differ by this many levels in one sample ...</summary>
    private const int LossyLevels = 2;

    /// <summary>... and by this much on average (golden README).</summary>
    private const double LossyMean = 0.1;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record PictureCase(
        string Image, ImageGeometry Geometry, int Size, bool ApplyExif, string Expected, bool Lossy, string PixelValuesSha256);

    /// <summary>One check per row of the index.</summary>
    public static IEnumerable<CheckResult> Run(string folder, Glob only)
    {
        string index = Path.Combine(folder, "pixels", "index.json");
        if (!File.Exists(index))
        {
            yield break;
        }

        JsonSerializerOptions options = new(Json) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };
        foreach (PictureCase row in JsonSerializer.Deserialize<PictureCase[]>(File.ReadAllText(index), options)!)
        {
            string name = "pixels/" + row.Expected;
            if (only.Matches(name))
            {
                yield return CheckResult.Of(name, () => Check(folder, row));
            }
        }
    }

    private static string Check(string folder, PictureCase row)
    {
        RgbImage image = Decode(Path.Combine(folder, "images", row.Image), row.ApplyExif);
        ClipImageProcessor processor = new(PreprocessorConfig.Default with { Size = row.Size });
        RgbImage found = processor.Resize(image, row.Geometry);
        RgbImage expected = Decode(Path.Combine(folder, "pixels", row.Expected), applyExif: false);
        if (row.Lossy)
        {
            return Lossy(expected, found);
        }

        Compare.SameItems("pixels", expected.Pixels, found.Pixels);
        Compare.Equal("SHA-256 of pixel_values", row.PixelValuesSha256, Sha256(processor.Process(image, row.Geometry).Data));
        return "equal";
    }

    private static string Lossy(RgbImage expected, RgbImage found)
    {
        Compare.Equal("samples", expected.Pixels.Length, found.Pixels.Length);
        int[] differences = [.. expected.Pixels.Zip(found.Pixels, (a, b) => Math.Abs(a - b))];
        double mean = differences.Average();
        string summary = string.Create(CultureInfo.InvariantCulture, $"largest difference {differences.Max()} levels, mean {mean:0.####}");
        return differences.Max() <= LossyLevels && mean <= LossyMean
            ? summary
            : throw new MismatchException($"pixels: expected within {LossyLevels} levels and {LossyMean} on average, found {summary}");
    }

    private static RgbImage Decode(string path, bool applyExif) => ImageDecoder.Decode(File.ReadAllBytes(path), new ImageLimits(), applyExif);

    private static string Sha256(float[] values) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)));
}
