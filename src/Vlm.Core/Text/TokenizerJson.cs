using System.Text.Json;

namespace Vlm.Core.Text;

/// <summary>
/// What a <c>tokenizer.json</c> of the LLaMA family says: prefix rule, added tokens and, when they are asked for,
/// pieces and merges. Anything that would change tokens and is not understood is refused.
/// </summary>
internal sealed class TokenizerJson : IDisposable
{
    private readonly string _path;
    private readonly JsonDocument _document;

    private TokenizerJson(string path, JsonDocument document)
    {
        (_path, _document) = (path, document);
        Policy = TokenizerJsonPrefix.Read(path, document.RootElement);
        AddedTokens = ReadAddedTokens();
    }

    /// <summary>Which segments get the mark.</summary>
    public PrefixPolicy Policy { get; }

    /// <summary>Special tokens by id, those inside the vocabulary included.</summary>
    public IReadOnlyDictionary<int, string> AddedTokens { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">Not JSON, or not a tokenizer of the LLaMA family.</exception>
    public static TokenizerJson Open(string path)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new TokenizerJson(path, document);
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            document?.Dispose();
            throw new InvalidDataException(
                $"{path}: expected a LLaMA tokenizer, found other JSON: {error.Message}", error);
        }
    }

    /// <summary>Added tokens behind a vocabulary of <paramref name="size"/> pieces.</summary>
    public Dictionary<int, string> AddedBehind(int size) =>
        AddedTokens.Where(token => token.Key >= size).ToDictionary();

    /// <summary>Pieces without the added tokens behind them.</summary>
    /// <exception cref="InvalidDataException">Ids with holes, or not a byte-pair model with byte fallback.</exception>
    public Vocabulary ReadVocabulary()
    {
        JsonElement model = _document.RootElement.GetProperty("model");
        RequireLlamaModel(model);
        Dictionary<int, string> byId = [];
        foreach (JsonProperty piece in model.GetProperty("vocab").EnumerateObject())
        {
            bool isNew = byId.TryAdd(piece.Value.GetInt32(), piece.Name);
            Require(isNew, "model.vocab", "one piece per id", $"two with id {piece.Value}");
        }

        bool isDense = Enumerable.Range(0, byId.Count).All(byId.ContainsKey);
        Require(isDense, "model.vocab", $"ids 0 to {byId.Count - 1}", "a hole");
        int size = byId.Count;
        while (AddedTokens.ContainsKey(size - 1) && byId[size - 1] is not ("<unk>" or "<s>" or "</s>"))
        {
            size--; // files that list <image> and <pad> among the pieces, too
        }

        string unknown = model.GetProperty("unk_token").GetString() ?? "<unk>";
        Vocabulary vocabulary = new(
            [.. Enumerable.Range(0, size).Select(id => byId[id])],
            id => AddedTokens.ContainsKey(id) || byId[id] == unknown,
            id => Vocabulary.ByteValue(byId[id]) is not null,
            AddedBehind(size));
        int numBytes = Enumerable.Range(0, size).Select(vocabulary.Byte).OfType<byte>().Distinct().Count();
        Require(numBytes == 256, "model.vocab", "256 byte pieces", $"{numBytes}");
        return vocabulary;
    }

    /// <summary>Merges in order of rank, as ids.</summary>
    /// <exception cref="InvalidDataException">A merge of, or into, something that is no piece.</exception>
    public IEnumerable<(int Left, int Right, int Merged)> ReadMerges()
    {
        JsonElement model = _document.RootElement.GetProperty("model");
        Dictionary<string, int> ids = model.GetProperty("vocab").EnumerateObject()
            .ToDictionary(piece => piece.Name, piece => piece.Value.GetInt32());
        foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
        {
            string[] pair = merge.ValueKind == JsonValueKind.Array
                ? [.. merge.EnumerateArray().Select(part => part.GetString() ?? "")]
                : (merge.GetString() ?? "").Split(' ');
            Require(pair.Length == 2, "model.merges", "two pieces", merge.GetRawText());
            bool isKnown = ids.TryGetValue(pair[0], out int left) & ids.TryGetValue(pair[1], out int right)
                & ids.TryGetValue(pair[0] + pair[1], out int merged);
            Require(isKnown, "model.merges", "pieces of the vocabulary", merge.GetRawText());
            yield return (left, right, merged);
        }
    }

    public void Dispose() => _document.Dispose();

    private Dictionary<int, string> ReadAddedTokens()
    {
        Dictionary<int, string> tokens = [];
        foreach (JsonElement token in _document.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            tokens[token.GetProperty("id").GetInt32()] = token.GetProperty("content").GetString() ?? "";
        }

        return tokens;
    }

    private void RequireLlamaModel(JsonElement model)
    {
        string type = model.GetProperty("type").GetString() ?? "null";
        Require(type == "BPE", "model.type", "BPE", type);
        Require(IsTrue(model, "byte_fallback"), "model.byte_fallback", "true", "false");
        Require(!IsTrue(model, "ignore_merges"), "model.ignore_merges", "false", "true");
        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            string found = model.TryGetProperty(affix, out JsonElement value) ? value.GetRawText() : "null";
            Require(found is "null" or "\"\"", $"model.{affix}", "null", found);
        }
    }

    private static bool IsTrue(JsonElement model, string name) =>
        model.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private void Require(bool holds, string place, string expected, string found)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{_path}: {place}: expected {expected}, found {found}.");
        }
    }
}
