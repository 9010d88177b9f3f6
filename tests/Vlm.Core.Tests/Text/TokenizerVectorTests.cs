using System.Text.Json;
using Vlm.Core.Text;
using Vlm.Testing;

namespace Vlm.Core.Tests.Text;

/// <summary>The reference vectors over the real 32,000-piece vocabulary, by both engines.</summary>
public sealed class TokenizerVectorTests
{
    private static readonly string[] Specials = ["<s>", "</s>", "<unk>"];

    public static TheoryData<string, PrefixRule?, string> Variants => new()
    {
        { "tokenizer.model", null, "original" },
        { "tokenizer.model", PrefixRule.EverySegment, "legacy" },
        { "tokenizer.json", null, "hf_fast" },
        { "tokenizer.json", PrefixRule.Original, "original" },
    };

    [SkippableTheory]
    [MemberData(nameof(Variants))]
    public void Encode_EveryReferenceText_GivesReferenceIds(string file, PrefixRule? rule, string expected)
    {
        using LlamaTokenizer tokenizer = Load(file, rule);
        string[] specials = expected == "hf_fast" ? [.. Specials, "<image>", "<pad>"] : Specials;
        Assert.All(Vectors("cases"), vector => Assert.Equal(
            TextFixtures.Ints(vector.GetProperty(expected)),
            tokenizer.Encode(TextFixtures.Parse(vector.GetProperty("text").GetString()!, specials))));
    }

    [SkippableTheory]
    [InlineData("tokenizer.model", "original")]
    [InlineData("tokenizer.json", "hf_fast_before_expansion")]
    public void Encode_EveryReferencePrompt_GivesReferenceIds(string file, string expected)
    {
        using LlamaTokenizer tokenizer = Load(file, rule: null);
        Assert.All(Vectors("prompts"), vector => Assert.Equal(
            TextFixtures.Ints(vector.GetProperty(expected))
                .Select(id => id == 32000 ? LlamaTokenizer.ImagePlaceholder : id),
            tokenizer.Encode(TextFixtures.Parse(vector.GetProperty("text").GetString()!, [.. Specials, "<image>"]))));
    }

    [SkippableTheory]
    [InlineData("tokenizer.model")]
    [InlineData("tokenizer.json")]
    public void Decode_EveryReferenceSequence_GivesReferenceText(string file)
    {
        using LlamaTokenizer tokenizer = Load(file, PrefixRule.Original);
        Assert.All(Vectors("decode"), vector =>
        {
            int[] ids = TextFixtures.Ints(vector.GetProperty("ids"));
            Assert.Equal(vector.GetProperty("text_skip_special_original").GetString(), tokenizer.Decode(ids));
            Assert.Equal(
                vector.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()),
                ids.Select(tokenizer.Piece));
        });
    }

    [SkippableFact]
    public void Encode_DescribeThisImage_GivesSpecificationIds()
    {
        using LlamaTokenizer tokenizer = Load("tokenizer.model", rule: null);
        ChatMessage message = new(
            "user", [new ChatPart.Image(0), new ChatPart.Text("Please describe this image in detail.")]);
        IReadOnlyList<PromptSegment> prompt = ChatTemplate.Render(TemplateName.LlavaV1, [message]);
        Assert.Equal(
            [
                1, 319, 13563, 1546, 263, 12758, 5199, 322, 385, 23116, 21082, 20255, 29889, 450, 20255, 4076, 8444,
                29892, 13173, 29892, 322, 1248, 568, 6089, 304, 278, 5199, 29915, 29879, 5155, 29889, 3148, 1001, 29901,
                29871, -200, 29871, 13, 12148, 8453, 445, 1967, 297, 9493, 29889, 319, 1799, 9047, 13566, 29901,
            ],
            tokenizer.Encode(prompt));
    }

    private static LlamaTokenizer Load(string file, PrefixRule? rule) =>
        LlamaTokenizer.Load(TextFixtures.FolderWith(Golden.Folder("checkpoints", "tiny-336"), file), rule);

    private static JsonElement.ArrayEnumerator Vectors(string name) =>
        TextFixtures.ReadJson(Golden.Spec("tokenizer_vectors.json")).GetProperty(name).EnumerateArray();
}
