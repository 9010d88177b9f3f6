using System.Collections.Frozen;
using System.Text.Json;

namespace Vlm.Eval.Metrics;

/// <summary>Word tables of the VQA toolkit's answer normalisation, oddities included (<c>vqa_normalization.json</c> beside this file).</summary>
internal sealed class VqaTables
{
    private VqaTables(JsonElement root)
    {
        Punctuation = [.. root.GetProperty("punctuation_in_order").EnumerateArray().Select(mark => mark.GetString()!)];
        Articles = root.GetProperty("articles").EnumerateArray().Select(word => word.GetString()!).ToFrozenSet();
        NumberWords = Words(root.GetProperty("number_words"));
        Contractions = Words(root.GetProperty("contractions"));
    }

    public static VqaTables Instance { get; } = Load();

    /// <summary>Marks in the order in which they are removed.</summary>
    public IReadOnlyList<string> Punctuation { get; }

    /// <summary>Words that are dropped.</summary>
    public FrozenSet<string> Articles { get; }

    /// <summary>Number words to digits.</summary>
    public FrozenDictionary<string, string> NumberWords { get; }

    /// <summary>Words without their apostrophe to words with it.</summary>
    public FrozenDictionary<string, string> Contractions { get; }

    private static FrozenDictionary<string, string> Words(JsonElement table) =>
        table.EnumerateObject().ToFrozenDictionary(word => word.Name, word => word.Value.GetString()!);

    private static VqaTables Load()
    {
        using Stream stream = typeof(VqaTables).Assembly.GetManifestResourceStream("vqa_normalization.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return new VqaTables(document.RootElement);
    }
}
