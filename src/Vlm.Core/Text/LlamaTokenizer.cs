using Vlm.Core.Engine.Constraints;
using Vlm.Torch.Media;

namespace Vlm.Core.Text;

/// <summary>
/// The LLaMA tokenizer of a checkpoint folder (llava.md section 7): SentencePiece where <c>tokenizer.model</c> is
/// there, else the merges of <c>tokenizer.json</c>. Safe for use by many threads.
/// </summary>
public sealed class LlamaTokenizer : IDisposable
{
    /// <summary>Stands in a prompt's ids for one picture, however many vectors that becomes.</summary>
    public const int ImagePlaceholder = -200;

    private const string ModelFile = "tokenizer.model";
    private const string JsonFile = "tokenizer.json";

    private readonly ISegmentEncoder _encoder;
    private readonly PrefixPolicy _policy;
    private readonly Lazy<TokenTrie> _trie;

    private LlamaTokenizer(string folder, Vocabulary vocabulary, ISegmentEncoder encoder, PrefixPolicy policy)
    {
        (Vocabulary, _encoder, _policy) = (vocabulary, encoder, policy);
        _trie = new Lazy<TokenTrie>(() => new TokenTrie(this));
        BosId = RequireSpecial(folder, "<s>");
        EosId = RequireSpecial(folder, "</s>");
        _ = RequireSpecial(folder, "<unk>");
    }

    /// <summary>
    /// Number of pieces; added tokens such as <c>&lt;image&gt;</c>, which lie behind them, are not counted.
    /// </summary>
    public int VocabSize => Vocabulary.Size;

    /// <summary>Most characters of a text that become one id, so that a length bounds the ids from below.</summary>
    public int LongestPiece => Vocabulary.LongestText;

    /// <summary>Id of <c>&lt;s&gt;</c>.</summary>
    public int BosId { get; }

    /// <summary>Id of <c>&lt;/s&gt;</c>.</summary>
    public int EosId { get; }

    internal Vocabulary Vocabulary { get; }

    /// <summary>The vocabulary by bytes, made on first use.</summary>
    internal TokenTrie Trie => _trie.Value;

    /// <summary>
    /// Whether one invalid byte spoils its whole run (Hugging Face's fast tokenizer) or only itself (SentencePiece).
    /// </summary>
    internal bool ReplacesWholeRuns { get; private init; }

    /// <summary>
    /// Opens the tokenizer of a folder. A <c>tokenizer.json</c> decides where the prefix mark goes; without one it is
    /// <see cref="PrefixRule.Original"/>; <paramref name="rule"/> overrides both.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// Neither file is there, or one of them is not a LLaMA tokenizer's.
    /// </exception>
    public static LlamaTokenizer Load(string folder, PrefixRule? rule = null)
    {
        string modelPath = Path.Combine(folder, ModelFile);
        string jsonPath = Path.Combine(folder, JsonFile);
        if (!File.Exists(modelPath) && !File.Exists(jsonPath))
        {
            throw new InvalidDataException($"{folder}: expected {ModelFile} or {JsonFile}, found neither.");
        }

        using TokenizerJson? json = File.Exists(jsonPath) ? TokenizerJson.Open(jsonPath) : null;
        PrefixPolicy policy = rule is { } given && given != json?.Policy.Rule
            ? PrefixPolicy.Of(given)
            : json?.Policy ?? PrefixPolicy.Of(PrefixRule.Original);
        (Vocabulary vocabulary, ISegmentEncoder encoder) =
            File.Exists(modelPath) ? OpenModel(modelPath, json) : OpenMerges(json!);
        return new LlamaTokenizer(folder, vocabulary, encoder, policy)
        {
            ReplacesWholeRuns = json is not null && policy.Rule != PrefixRule.Original,
        };
    }

    /// <summary>
    /// Ids of a prompt: <see cref="BosId"/> once in front, one <see cref="ImagePlaceholder"/> per picture, never an end
    /// mark of its own. Text never becomes a special token, whatever it spells.
    /// </summary>
    /// <exception cref="ArgumentException">A special segment names no special token of this vocabulary.</exception>
    public int[] Encode(IReadOnlyList<PromptSegment> prompt)
    {
        List<int> ids = [BosId];
        bool startsPrompt = true;
        bool startsChunk = true;
        foreach (PromptSegment segment in SegmentBuilder.Join(prompt))
        {
            switch (segment)
            {
                case PromptSegment.Text text:
                    ids.AddRange(EncodeText(text.Value, _policy.Applies(text.Value, startsPrompt, startsChunk)));
                    break;
                case PromptSegment.Special special:
                    ids.Add(SpecialId(special.Token));
                    break;
                default:
                    ids.Add(ImagePlaceholder);
                    break;
            }

            startsPrompt = false;
            startsChunk = segment is PromptSegment.Image;
        }

        return [.. ids];
    }

    /// <summary>
    /// Ids of a bare text, without begin mark. With <paramref name="prefix"/> it is a word of its own: the ids of an
    /// answer that follows <c>ASSISTANT:</c> and a space.
    /// </summary>
    public int[] EncodeText(string text, bool prefix) => _encoder.Encode(text, prefix);

    /// <summary>
    /// Text of ids, special ones skipped, without the one leading space of the first word; bytes that are no UTF-8
    /// become U+FFFD.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A negative id other than <see cref="ImagePlaceholder"/>.
    /// </exception>
    public string Decode(IReadOnlyList<int> ids)
    {
        StreamingDetokenizer detokenizer = new(this);
        return string.Concat(ids.Select(detokenizer.Append)) + detokenizer.Flush();
    }

    /// <summary>Name of a piece or added token, with U+2581 for a space.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public string Piece(int id) => Vocabulary.Piece(id);

    /// <summary>
    /// Bytes that a token stands for, maybe a part of a character; those of its name for a special token.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such id.</exception>
    public byte[] PieceBytes(int id) => Vocabulary.Bytes(id);

    /// <summary>Whether decoding skips an id.</summary>
    public bool IsSpecial(int id) => Vocabulary.IsSpecial(id);

    /// <summary>Id of a special token by name.</summary>
    /// <exception cref="ArgumentException">No special token has this name.</exception>
    public int SpecialId(string token) => Vocabulary.SpecialId(token)
        ?? throw new ArgumentException($"prompt: expected a special token of the vocabulary, found '{token}'.");

    public void Dispose() => (_encoder as IDisposable)?.Dispose();

    private static (Vocabulary Vocabulary, ISegmentEncoder Encoder) OpenModel(string path, TokenizerJson? json)
    {
        SentencePieceModel model = SentencePieceModel.Load(path);
        return (Vocabulary.Of(model, json?.AddedBehind(model.Size) ?? []), new SentencePieceEncoder(model));
    }

    private static (Vocabulary Vocabulary, ISegmentEncoder Encoder) OpenMerges(TokenizerJson json)
    {
        Vocabulary vocabulary = json.ReadVocabulary();
        return (vocabulary, new BpeEncoder(vocabulary, json.ReadMerges()));
    }

    private int RequireSpecial(string folder, string token) => Vocabulary.SpecialId(token)
        ?? throw new InvalidDataException($"{folder}: tokenizer: expected a special token {token}, found none.");
}
