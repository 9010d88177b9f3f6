using System.Text;
using Vlm.Core.Text;
using Vlm.Testing;

namespace Vlm.Core.Tests.Text;

/// <summary>
/// A folder with only tokenizer.json gives the same tokens as SentencePiece does with tokenizer.model.
/// </summary>
public sealed class BpeEncoderTests
{
    private const int NumTexts = 1500;
    private static readonly string[] Alphabet =
    [
        " ", "  ", "\u2581", "e", "t", "a", "s", "ing", "the", "color", "Question", "1", "42", ".", "'s", "\n", "<s>",
        "é", "日本", "😀", "\0", "ß", "Ж",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EncodeText_RandomTextsOwnVocabulary_EqualSentencePiece(bool mergesAsText)
    {
        using LlamaTokenizer expected = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);
        using LlamaTokenizer actual = LlamaTokenizer.Load(
            TokenizerJsonFixture.OwnFolder(TokenizerJsonFixture.PrependAndReplace, preTokenizer: null, mergesAsText));
        AssertSameTokens(expected, actual);
    }

    [SkippableFact]
    public void EncodeText_RandomTextsRealVocabulary_EqualSentencePiece()
    {
        string checkpoint = Golden.Folder("checkpoints", "tiny-336");
        using LlamaTokenizer expected = LlamaTokenizer.Load(TextFixtures.FolderWith(checkpoint, "tokenizer.model"));
        using LlamaTokenizer actual = LlamaTokenizer.Load(TextFixtures.FolderWith(checkpoint, "tokenizer.json"));
        AssertSameTokens(expected, actual);
    }

    [Fact]
    public void EncodeText_LongText_EqualsSentencePiece()
    {
        using LlamaTokenizer expected = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);
        using LlamaTokenizer actual = LlamaTokenizer.Load(TokenizerJsonFixture.OwnFolder());
        string text = string.Concat(Enumerable.Repeat("aeiou the quick brown fox ", 2000));
        Assert.Equal(expected.EncodeText(text, prefix: true), actual.EncodeText(text, prefix: true));
    }

    private static void AssertSameTokens(LlamaTokenizer expected, LlamaTokenizer actual)
    {
        Assert.Equal(expected.VocabSize, actual.VocabSize);
        Random random = new(7);
        string corpus = File.ReadAllText(Path.Combine(TextFixtures.OwnVocabulary, "corpus", "general.txt"));
        for (int i = 0; i < NumTexts; i++)
        {
            int start = random.Next(corpus.Length);
            string sample = corpus.Substring(start, Math.Min(random.Next(60), corpus.Length - start));
            string text = i % 2 == 0 ? Mixed(random) : sample;
            Assert.Equal(expected.EncodeText(text, prefix: true), actual.EncodeText(text, prefix: true));
            Assert.Equal(expected.EncodeText(text, prefix: false), actual.EncodeText(text, prefix: false));
        }
    }

    private static string Mixed(Random random)
    {
        StringBuilder text = new();
        int length = random.Next(30);
        for (int i = 0; i < length; i++)
        {
            string any = ((char)random.Next(0x3000)).ToString();
            text.Append(random.Next(4) == 0 ? any : Alphabet[random.Next(Alphabet.Length)]);
        }

        return text.ToString();
    }
}
