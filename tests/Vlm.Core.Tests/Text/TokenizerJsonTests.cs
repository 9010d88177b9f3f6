using Vlm.Core.Text;

namespace Vlm.Core.Tests.Text;

public sealed class TokenizerJsonTests
{
    private static readonly string[] Specials = ["<unk>", "<s>", "</s>"];

    private static readonly IReadOnlyList<PromptSegment> TwoTexts =
        [new PromptSegment.Text(" color"), new PromptSegment.Special("</s>"), new PromptSegment.Text("color")];

    [Fact]
    public void Load_PrependNormalizer_PrefixesEverySegment() =>
        AssertEncodes(TokenizerJsonFixture.PrependAndReplace, null, "  color", " color");

    [Fact]
    public void Load_MetaspaceFirst_PrefixesFirstSegmentUnlessMarked() =>
        AssertEncodes(null, TokenizerJsonFixture.Metaspace("first"), " color", "color");

    [Fact]
    public void Load_MetaspaceAlways_PrefixesEverySegmentUnlessMarked() =>
        AssertEncodes(null, TokenizerJsonFixture.Metaspace("always"), " color", " color");

    [Fact]
    public void Load_WithOverride_FollowsOverride()
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TokenizerJsonFixture.OwnFolder(), PrefixRule.Original);
        Assert.Equal(Expected(tokenizer, "  color", "color"), tokenizer.Encode(TwoTexts));
    }

    [Fact]
    public void Load_JsonBesideModel_ObeysJson()
    {
        string folder = TokenizerJsonFixture.OwnFolder(
            null, TokenizerJsonFixture.Metaspace("first"), added: ["<image>", "<pad>"]);
        File.Copy(Path.Combine(TextFixtures.OwnVocabulary, "tokenizer.model"), Path.Combine(folder, "tokenizer.model"));
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(folder);
        Assert.Equal(Expected(tokenizer, " color", "color"), tokenizer.Encode(TwoTexts));
        Assert.Equal(tokenizer.VocabSize + 1, tokenizer.SpecialId("<pad>"));
        Assert.Equal("<image>", tokenizer.Piece(tokenizer.VocabSize));
    }

    [Fact]
    public void Load_AddedTokensBehindVocabulary_AreSpecialAndNotCounted()
    {
        string folder = TokenizerJsonFixture.OwnFolder(
            TokenizerJsonFixture.PrependAndReplace, preTokenizer: null, added: ["<image>", "<pad>"]);
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(folder);
        using LlamaTokenizer own = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);
        Assert.Equal(own.VocabSize, tokenizer.VocabSize);
        Assert.Equal(own.VocabSize, tokenizer.SpecialId("<image>"));
        int[] ids = tokenizer.Encode([new PromptSegment.Text("<image><pad></s>")]);
        Assert.DoesNotContain(ids.Skip(1), tokenizer.IsSpecial);
        Assert.Equal("", tokenizer.Decode([tokenizer.SpecialId("<image>"), tokenizer.SpecialId("<pad>")]));
    }

    [Fact]
    public void Encode_MergesThatSpellSpecialAndBytePieces_AreIgnored()
    {
        Dictionary<string, int> vocab = new() { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        foreach (int value in Enumerable.Range(0, 256))
        {
            vocab.Add($"<0x{value:X2}>", vocab.Count);
        }

        foreach (string piece in (string[])["\u2581", "<", "s", ">", "s>", "0", "x", "A", "<0", "<0x", "<0x0", "A>"])
        {
            vocab.Add(piece, vocab.Count);
        }

        string[] merges = ["s >", "< s>", "< 0", "<0 x", "<0x 0", "A >", "<0x0 A>"];
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TokenizerJsonFixture.Write(Json(vocab, merges)));
        Assert.Equal(["<", "s>"], tokenizer.EncodeText("<s>", prefix: false).Select(tokenizer.Piece));
        Assert.Equal(["<0x0", "A>"], tokenizer.EncodeText("<0x0A>", prefix: false).Select(tokenizer.Piece));
    }

    public static TheoryData<string, object> Refused => new()
    {
        {
            "normalizer: expected Prepend and Replace of spaces by U+2581, found {\"type\":\"NFKC\"}.",
            new { added_tokens = Array.Empty<object>(), normalizer = new { type = "NFKC" } }
        },
        {
            "expected a Prepend normaliser or a Metaspace pre-tokeniser, which say where U+2581 goes, found neither.",
            new { added_tokens = Array.Empty<object>() }
        },
        {
            "pre_tokenizer: expected none, or Metaspace alone, found {\"type\":\"ByteLevel\"}.",
            new { added_tokens = Array.Empty<object>(), pre_tokenizer = new { type = "ByteLevel" } }
        },
        {
            "pre_tokenizer: expected Metaspace with split false, found",
            new { pre_tokenizer = TokenizerJsonFixture.Metaspace("first", split: true) }
        },
        {
            "pre_tokenizer: expected Metaspace with prepend_scheme always or first, found",
            new { added_tokens = Array.Empty<object>(), pre_tokenizer = TokenizerJsonFixture.Metaspace("never") }
        },
        { "model.vocab: expected 256 byte pieces, found 0.", Json(Vocab(0, 1, 2), []) },
        { "model.vocab: expected ids 0 to 2, found a hole.", Json(Vocab(0, 1, 3), []) },
        { "model.vocab: expected one piece per id, found two with id 1.", Json(Vocab(0, 1, 1), []) },
        { "expected a LLaMA tokenizer, found other JSON", new { normalizer = TokenizerJsonFixture.PrependAndReplace } },
        { "expected a LLaMA tokenizer, found other JSON", Array.Empty<int>() },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Load_OtherJson_IsRefused(string message, object content)
    {
        string folder = TokenizerJsonFixture.Write(content);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => LlamaTokenizer.Load(folder));
        Assert.StartsWith(Path.Combine(folder, "tokenizer.json") + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    public void Load_NoJson_IsRefused(string content)
    {
        string folder = TokenizerJsonFixture.Write("");
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), content);
        Assert.Throws<InvalidDataException>(() => LlamaTokenizer.Load(folder));
    }

    private static Dictionary<string, int> Vocab(params int[] ids) => Specials.Zip(ids).ToDictionary();

    private static object Json(Dictionary<string, int> vocab, string[] merges) => new
    {
        added_tokens = Specials.Select((content, id) => new { id, content }),
        normalizer = TokenizerJsonFixture.PrependAndReplace,
        model = new { type = "BPE", unk_token = "<unk>", byte_fallback = true, vocab, merges },
    };

    private static void AssertEncodes(object? normalizer, object? preTokenizer, string first, string second)
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TokenizerJsonFixture.OwnFolder(normalizer, preTokenizer));
        Assert.Equal(Expected(tokenizer, first, second), tokenizer.Encode(TwoTexts));
    }

    private static int[] Expected(LlamaTokenizer tokenizer, string first, string second) =>
    [
        tokenizer.BosId, .. tokenizer.EncodeText(first, prefix: false),
        tokenizer.EosId, .. tokenizer.EncodeText(second, prefix: false),
    ];
}
