using System.Globalization;
using System.Text.Json;
using Vlm.Core.Weights;

namespace Vlm.Core.Imaging;

/// <summary>Reads the preprocessing constants of both checkpoint layouts; refuses what is not supported.</summary>
internal static class PreprocessorConfigReader
{
    /// <summary>Pillow's number of the filter that CLIP resizes with.</summary>
    internal const int Bicubic = 3;

    private const int MaxSide = 4096;
    private const string ModelFile = "config.json";
    private const string PreprocessorFile = "preprocessor_config.json";
    private const string ProcessorFile = "processor_config.json";

    private static readonly string[] Steps =
        ["do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"];

    internal static PreprocessorConfig Load(string folder)
    {
        JsonElement? model = Json(folder, ModelFile);
        string? tower = model is { } original && Text(original, "mm_vision_tower") is { } name ? VisionTowerFolder.Find(folder, name) : null;
        PreprocessorConfig start = PreprocessorConfig.Default with
        {
            Size = ImageSize(tower is null ? model : Json(tower, ModelFile)) ?? PreprocessorConfig.Default.Size,
            // Also in a converted original, which keeps the field; files from the hub have none.
            DefaultGeometry = model is { } config && Text(config, "image_aspect_ratio") == "pad"
                ? ImageGeometry.Pad
                : ImageGeometry.Crop,
        };
        foreach (string place in new[] { folder, tower }.OfType<string>())
        {
            if (Processor(place) is { } processor)
            {
                return Read(processor.Json, start, processor.Path);
            }
        }

        return start;
    }

    private static int? ImageSize(JsonElement? model)
    {
        if (model is not { } config)
        {
            return null;
        }

        JsonElement vision = config.TryGetProperty("vision_config", out JsonElement inner) ? inner : config;
        return vision.ValueKind == JsonValueKind.Object && vision.TryGetProperty("image_size", out JsonElement size) &&
            size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out int pixels) && pixels > 0
            ? pixels
            : null;
    }

    private static (JsonElement Json, string Path)? Processor(string folder)
    {
        if (Json(folder, PreprocessorFile) is { } file)
        {
            return (file, Path.Combine(folder, PreprocessorFile));
        }

        return Json(folder, ProcessorFile) is { } all && all.TryGetProperty("image_processor", out JsonElement inner) &&
            inner.ValueKind == JsonValueKind.Object
            ? (inner, Path.Combine(folder, ProcessorFile))
            : null;
    }

    private static JsonElement? Json(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Unsupported("content", "a JSON object", document.RootElement.ValueKind.ToString(), path);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected JSON, found {e.Message}", e);
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static PreprocessorConfig Read(JsonElement json, PreprocessorConfig start, string path)
    {
        foreach (string step in Steps)
        {
            RequireOn(json, step, path);
        }

        if (Find(json, "resample") is { } resample && Number(resample, "resample", path) != Bicubic)
        {
            throw Unsupported("resample", "3 (bicubic)", resample.GetRawText(), path);
        }

        bool isPadded = Find(json, "do_pad")?.ValueKind == JsonValueKind.True;
        ImageGeometry geometry = isPadded ? ImageGeometry.Pad : start.DefaultGeometry;
        int size = Find(json, "size") is { } value ? ShortestEdge(value, geometry, path) : start.Size;
        if (Find(json, "crop_size") is { } crop && Side(crop, "crop_size", path) != size)
        {
            throw Unsupported("crop_size", size.ToString(CultureInfo.InvariantCulture), crop.GetRawText(), path);
        }

        double rescale = Find(json, "rescale_factor") is { } factor
            ? Number(factor, "rescale_factor", path)
            : start.RescaleFactor;
        if (rescale <= 0)
        {
            throw Unsupported("rescale_factor", "above 0", rescale.ToString(CultureInfo.InvariantCulture), path);
        }

        return new(
            size, geometry, rescale,
            Channels(json, "image_mean", start.Mean, mean => mean is >= 0 and <= 1, path),
            Channels(json, "image_std", start.Std, std => std > 0, path));
    }

    private static void RequireOn(JsonElement json, string name, string path)
    {
        if (Find(json, name) is { ValueKind: not JsonValueKind.True } found)
        {
            throw Unsupported(name, "true", found.GetRawText(), path);
        }
    }

    // A fixed height and width would squeeze pictures, except where they are padded to a square first.
    private static int ShortestEdge(JsonElement size, ImageGeometry geometry, string path)
    {
        if (size.ValueKind == JsonValueKind.Object && size.TryGetProperty("shortest_edge", out JsonElement edge))
        {
            return Pixels(edge, "size.shortest_edge", path);
        }

        bool isExact = size.ValueKind == JsonValueKind.Object;
        return isExact && geometry != ImageGeometry.Pad
            ? throw Unsupported("size", "shortest_edge", size.GetRawText(), path)
            : Side(size, "size", path);
    }

    private static int Side(JsonElement size, string name, string path)
    {
        if (size.ValueKind != JsonValueKind.Object)
        {
            return Pixels(size, name, path);
        }

        return Find(size, "height") is { } height && Find(size, "width") is { } width &&
            Pixels(height, name, path) == Pixels(width, name, path)
            ? Pixels(height, name, path)
            : throw Unsupported(name, "an equal height and width", size.GetRawText(), path);
    }

    private static int Pixels(JsonElement value, string name, string path) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int pixels) && pixels is > 0 and <= MaxSide
            ? pixels
            : throw Unsupported(name, $"1 to {MaxSide} pixels", value.GetRawText(), path);

    private static double Number(JsonElement value, string name, string path) =>
        value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw Unsupported(name, "a number", value.GetRawText(), path);

    private static float[] Channels(
        JsonElement json, string name, float[] otherwise, Func<float, bool> isValid, string path)
    {
        if (Find(json, name) is not { } value)
        {
            return otherwise;
        }

        float[] numbers = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => (float)Number(item, name, path))]
            : [];
        return numbers.Length == RgbImage.Channels && numbers.All(isValid)
            ? numbers
            : throw Unsupported(name, "3 numbers in range", value.GetRawText(), path);
    }

    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static InvalidDataException Unsupported(string name, string expected, string found, string path) =>
        new($"{name}: expected {expected}, found {found} in {path}.");
}
