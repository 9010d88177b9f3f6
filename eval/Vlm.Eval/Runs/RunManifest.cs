using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vlm.Eval.Runs;

/// <summary>What the answers of a file depend on; a run goes on only where this has not changed.</summary>
public sealed record RunManifest
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Benchmark { get; init; }

    public required string Profile { get; init; }

    public required string Merge { get; init; }

    /// <summary>Part, as on the command line.</summary>
    public required string Shard { get; init; }

    /// <summary>Questions of all parts together.</summary>
    public required int Questions { get; init; }

    /// <summary>Most questions asked, as on the command line.</summary>
    public int? Limit { get; init; }

    /// <summary>Questions left out for want of their picture, where any are.</summary>
    public int? LeftOut { get; init; }

    public required int MaxTokens { get; init; }

    /// <summary>Template, picture geometry, EXIF, decoding.</summary>
    public required string Asking { get; init; }

    /// <summary>Version of this program.</summary>
    public required string Program { get; init; }

    /// <summary>Model and its weights, or the server.</summary>
    public required IReadOnlyDictionary<string, string> Answerer { get; init; }

    /// <summary>Hash of every question's key, text and picture name.</summary>
    public required string PromptsSha256 { get; init; }

    /// <summary>Hash of each data file, by path below the data folder.</summary>
    public required IReadOnlyDictionary<string, string> DataSha256 { get; init; }

    /// <summary>Visual tokens per picture, where known; follows from the rest.</summary>
    public int? VisualTokens { get; init; }

    /// <summary>Multiply-accumulates of the vision tower per picture, billions, where known; follows from the rest.</summary>
    public double? EncoderGmacs { get; init; }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">No manifest.</exception>
    public static RunManifest Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunManifest>(File.ReadAllBytes(path), Json)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected a manifest of eval run, found: {e.Message}", e);
        }
    }

    /// <summary>Writes beside the target and renames.</summary>
    public void Write(string path)
    {
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(this, Json));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Writes this manifest, or compares it with the one that is there.</summary>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public void Claim(string path)
    {
        if (!File.Exists(path))
        {
            Write(path);
            return;
        }

        if (FirstDifference(Read(path)) is var (field, there, here))
        {
            throw new InvalidDataException($"{path}: {field}: expected {there} as when the run began, found {here}; use another --out.");
        }
    }

    /// <summary>The first field that differs, or null.</summary>
    public (string Field, string There, string Here)? FirstDifference(RunManifest other)
    {
        JsonElement here = JsonSerializer.SerializeToElement(this, Json);
        JsonElement there = JsonSerializer.SerializeToElement(other, Json);
        foreach (string name in here.EnumerateObject().Concat(there.EnumerateObject()).Select(p => p.Name).Distinct())
        {
            (string left, string right) = (Raw(there, name), Raw(here, name));
            if (left != right)
            {
                return (name, left, right);
            }
        }

        return null;
    }

    private static string Raw(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? JsonSerializer.Serialize(value) : "none";
}
