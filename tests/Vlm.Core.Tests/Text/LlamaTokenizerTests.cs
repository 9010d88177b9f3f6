using Vlm.Core.Text;

namespace Vlm.Core.Tests.Text;

/// <summary>Rules that hold for every vocabulary, shown on this repository's own.</summary>
public sealed class LlamaTokenizerTests : IDisposable
{
    private static readonly string[] Cut = ["Wh", "", "at co", "lor"];
    private readonly LlamaTokenizer _tokenizer = LlamaTokenizer.Load(TextFixtures.OwnVocabulary);

    public void Dispose() => _tokenizer.Dispose();

    [Fact]
    public void Encode_EmptyPrompt_GivesBeginMarkOnly()
    {
        Assert.Equal([_tokenizer.BosId], _tokenizer.Encode([]));
        Assert.Equal([_tokenizer.BosId], _tokenizer.Encode([new PromptSegment.Text("")]));
    }

    [Fact]
    public void Encode_NeighbouringTexts_AreOneText() => Assert.Equal(
        _tokenizer.Encode([new PromptSegment.Text("What color")]),
        _tokenizer.Encode([.. Cut.Select(text => new PromptSegment.Text(text))]));

    [Theory]
    [InlineData(PrefixRule.Original, "▁color|-200|▁color|</s>|c|o|l|or|-200|</s>|c|o|l|or")]
    [InlineData(PrefixRule.EverySegment, "▁color|-200|▁color|</s>|▁color|-200|</s>|▁color")]
    [InlineData(PrefixRule.FirstSegment, "▁color|-200|c|o|l|or|</s>|c|o|l|or|-200|</s>|c|o|l|or")]
    public void Encode_TextBehindPicturesAndMarks_FollowsPrefixRule(PrefixRule rule, string expected)
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(TextFixtures.OwnVocabulary, rule);
        PromptSegment color = new PromptSegment.Text("color");
        PromptSegment end = new PromptSegment.Special("</s>");
        PromptSegment image = new PromptSegment.Image(0);
        int[] ids = tokenizer.Encode([color, image, color, end, color, image, end, color]);
        Assert.Equal(tokenizer.BosId, ids[0]);
        string joined = string.Join(
            '|', ids.Skip(1).Select(id => id == LlamaTokenizer.ImagePlaceholder ? "-200" : tokenizer.Piece(id)));
        Assert.Equal(Ungrouped(expected), Ungrouped(joined));
        Assert.Equal(expected.Split("▁color").Length, joined.Split("▁color").Length);

        static string Ungrouped(string pieces) => pieces.Replace("|", "", StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_PromptThatStartsWithSpecial_GivesNextTextNoPrefix()
    {
        int[] ids = _tokenizer.Encode([new PromptSegment.Special("</s>"), new PromptSegment.Text("color")]);
        Assert.Equal([_tokenizer.BosId, _tokenizer.EosId, .. _tokenizer.EncodeText("color", prefix: false)], ids);
    }

    [Fact]
    public void Encode_UnknownSpecial_Throws()
    {
        PromptSegment[] prompt = [new PromptSegment.Special("<pad>")];
        ArgumentException error = Assert.Throws<ArgumentException>(() => _tokenizer.Encode(prompt));
        Assert.Equal("prompt: expected a special token of the vocabulary, found '<pad>'.", error.Message);
    }

    [Theory]
    [InlineData("<s>")]
    [InlineData("</s>")]
    [InlineData("<unk>")]
    [InlineData("<image>")]
    [InlineData("<pad>")]
    [InlineData("<0x0A>")]
    [InlineData("a</s>b <image>\n<s><s> </s>")]
    [InlineData("-200")]
    public void Encode_SpecialNameInText_IsOrdinaryCharacters(string text)
    {
        int[] ids = _tokenizer.Encode([new PromptSegment.Text(text)]);
        Assert.DoesNotContain(ids.Skip(1), _tokenizer.IsSpecial);
        Assert.Equal(text, _tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\0")]
    [InlineData("日本語 😀\u200d\ufeff e\u0301 ﬁ Ａ")]
    [InlineData("  two  spaces  ")]
    [InlineData("\r\n\t\n")]
    public void Decode_OfEncodedText_IsTheText(string text) =>
        Assert.Equal(text, _tokenizer.Decode(_tokenizer.Encode([new PromptSegment.Text(text)])));

    [Fact]
    public void Encode_HalfSurrogatePair_BecomesReplacementCharacter() =>
        Assert.Equal("a\uFFFDb", _tokenizer.Decode(_tokenizer.EncodeText("a\uD83Db", prefix: true)));

    [Fact]
    public void Decode_PicturesAndRowsBehindVocabulary_AreSkipped()
    {
        int color = _tokenizer.EncodeText("color", prefix: true).Single();
        int[] ids = [1, LlamaTokenizer.ImagePlaceholder, color, 0, _tokenizer.VocabSize, color, 2, 1_000_000];
        Assert.Equal("color color", _tokenizer.Decode(ids));
    }

    [Fact]
    public void Decode_NegativeId_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.Decode([-1]));

    [Fact]
    public void PieceBytes_OfEveryPiece_AreBytesOrTextOrName()
    {
        Assert.Equal("</s>"u8.ToArray(), _tokenizer.PieceBytes(_tokenizer.EosId));
        Assert.Equal([0xF0], _tokenizer.PieceBytes(3 + 0xF0));
        int color = _tokenizer.EncodeText("color", prefix: true).Single();
        Assert.Equal(" color"u8.ToArray(), _tokenizer.PieceBytes(color));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.PieceBytes(_tokenizer.VocabSize));
    }

    [Fact]
    public void Load_EmptyFolder_NamesBothFiles()
    {
        string folder = TextFixtures.FolderWith(TextFixtures.OwnVocabulary);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => LlamaTokenizer.Load(folder));
        Assert.Equal($"{folder}: expected tokenizer.model or tokenizer.json, found neither.", error.Message);
    }
}
