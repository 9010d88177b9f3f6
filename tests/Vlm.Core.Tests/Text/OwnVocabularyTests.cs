using System.Text.RegularExpressions;
using Vlm.Core.Text;
using Vlm.Torch.Media;

namespace Vlm.Core.Tests.Text;

/// <summary>The vocabulary in assets/vocab: LLaMA's settings, and short prompts.</summary>
public sealed partial class OwnVocabularyTests
{
    private const int MaxPieces = 2048;

    [Fact]
    public void Model_Settings_AreThoseOfLlama()
    {
        using SentencePieceModel model = TextFixtures.OwnModel();
        Assert.InRange(model.Size, 1, MaxPieces);
        Assert.Equal(["<unk>", "<s>", "</s>"], Enumerable.Range(0, 3).Select(model.Piece));
        Assert.All(Enumerable.Range(0, 256), value => Assert.Equal(
            ($"<0x{value:X2}>", SentencePieceType.Byte), (model.Piece(3 + value), model.Type(3 + value))));
        Assert.DoesNotContain(
            Enumerable.Range(259, model.Size - 259).Select(model.Piece),
            piece => piece.Length > 1 && piece.Any(char.IsDigit));
    }

    [Fact]
    public void Encode_PromptAndSceneWords_TakeOneTokenEach()
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);
        const string question = "Is there a large striped red circle left of the small solid blue square?\n" +
            "Answer the question using a single word or phrase.";
        IReadOnlyList<PromptSegment> prompt = ChatTemplate.Render(TemplateName.VicunaV1, [new("user", question)]);
        string text = ChatTemplate.ToText(prompt);
        int numWords = WordOrSign().Count(text);
        Assert.Equal(1 + numWords, tokenizer.Encode(prompt).Length);
    }

    [Theory]
    [InlineData("red green blue yellow orange purple black white gray pink brown cyan magenta")]
    [InlineData("circle square triangle star diamond hexagon cross ring heart circles squares triangles stars")]
    [InlineData("zero one two three four five six seven eight nine ten yes no Yes No")]
    [InlineData("left right above below top bottom middle between small large striped solid")]
    public void Encode_SceneAnswers_TakeOneTokenEach(string words)
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);
        Assert.All(words.Split(' '), word => Assert.Single(tokenizer.EncodeText(word, prefix: true)));
    }

    [GeneratedRegex(@"[A-Za-z]+|[^A-Za-z ]")]
    private static partial Regex WordOrSign();
}
