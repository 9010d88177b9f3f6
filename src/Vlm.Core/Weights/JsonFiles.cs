using System.Text.Json;

namespace Vlm.Core.Weights;

/// <summary>Reads the JSON files of a checkpoint with errors that name the file.</summary>
internal static class JsonFiles
{
    /// <summary>Largest JSON file that is read, in bytes; the index of a 13B model has about 70 kB.</summary>
    private const long MaxLength = 64 << 20;

    /// <summary>Snake case, exact kinds, no comments.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Reads a file into <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidDataException">Missing, too large, not JSON, or a field of another kind.</exception>
    public static T Read<T>(string path)
    {
        byte[] bytes = ReadBytes(path);
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Options)
                ?? throw new InvalidDataException($"{Place(path)}: expected a JSON object, found null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{Place(path)}: expected valid JSON of a checkpoint, found: {error.Message}", error);
        }
    }

    /// <summary>File name and folder for messages.</summary>
    public static string Place(string path) => $"{Path.GetFileName(path)} in {Path.GetDirectoryName(path)}";

    private static byte[] ReadBytes(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new InvalidDataException(
                $"{file.Name} missing: expected it in {Path.GetDirectoryName(path)}, found no such file.");
        }

        return file.Length <= MaxLength
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException(
                $"{Place(path)}: expected at most {MaxLength} bytes, found {file.Length}.");
    }
}
