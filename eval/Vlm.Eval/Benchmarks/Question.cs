using System.Text.Json.Nodes;
using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>A question as a model is asked it.</summary>
public sealed record Question
{
    /// <summary>Unique within the benchmark.</summary>
    public required string Key { get; init; }

    /// <summary><c>question_id</c> of the answer line.</summary>
    public required QuestionId Id { get; init; }

    /// <summary>Text behind the picture's line.</summary>
    public required string Text { get; init; }

    /// <summary><c>prompt</c> of the answer line, where it is not <see cref="Text"/>.</summary>
    public string? StoredPrompt { get; init; }

    /// <summary><c>prompt</c> of the answer line.</summary>
    public string LinePrompt => StoredPrompt ?? Text;

    /// <summary>The picture, where the question has one.</summary>
    public Picture? Picture { get; init; }

    /// <summary>Further fields of the answer line.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonNode?>> Extras { get; init; } = [];
}

/// <summary>A picture of a benchmark.</summary>
/// <param name="Name">Path below the data folder, or another stable name; equal for equal pictures.</param>
/// <param name="Read">Its bytes.</param>
/// <param name="Path">The file, where it is one.</param>
public sealed record Picture(string Name, Func<byte[]> Read, string? Path = null)
{
    /// <summary>A picture file.</summary>
    public static Picture File(string folder, string name)
    {
        string path = System.IO.Path.Combine(folder, name);
        return new Picture(name, () => System.IO.File.ReadAllBytes(path), path);
    }
}
