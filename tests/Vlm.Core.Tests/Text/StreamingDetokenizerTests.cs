using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vlm.Core.Text;

namespace Vlm.Core.Tests.Text;

public sealed class StreamingDetokenizerTests
{
    private const int FirstByteId = 3;
    private static readonly string JsonFolder = TokenizerJsonFixture.OwnFolder();

    /// <summary>Original (SentencePiece) and Hugging Face treat broken bytes differently.</summary>
    public static TheoryData<bool> Families => [true, false];

    [Theory]
    [MemberData(nameof(Families))]
    public void Append_AnyIds_ConcatenatesToDecode(bool isOriginal)
    {
        using LlamaTokenizer tokenizer = Load(isOriginal);
        Prop.ForAll(Sequences(tokenizer), ids =>
        {
            StreamingDetokenizer detokenizer = new(tokenizer);
            string[] pieces = [.. ids.Select(detokenizer.Append), detokenizer.Flush()];
            return string.Concat(pieces) == Reference(tokenizer, ids, isOriginal)
                && string.Concat(pieces) == tokenizer.Decode(ids)
                && pieces.All(IsWholeCharacters);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [InlineData(true, "||||😀!")]
    [InlineData(false, "||||😀!")]
    public void Append_CharacterInBytes_WaitsForItsEnd(bool isOriginal, string expected)
    {
        using LlamaTokenizer tokenizer = Load(isOriginal);
        int mark = tokenizer.EncodeText("!", prefix: false).Single();
        StreamingDetokenizer detokenizer = new(tokenizer);
        int[] ids = [tokenizer.BosId, .. Bytes("😀"), mark];
        string[] pieces = [.. ids.Select(detokenizer.Append), detokenizer.Flush()];
        Assert.Equal("", string.Concat(pieces[..4]));
        Assert.Equal(expected.Replace("|", "", StringComparison.Ordinal), string.Concat(pieces));
        Assert.Equal(isOriginal ? "😀" : "", pieces[4]);
    }

    [Theory]
    [InlineData(true, "a\uFFFDé")]
    [InlineData(false, "\uFFFD\uFFFD\uFFFD\uFFFD")]
    public void Decode_BrokenByteInRun_FollowsFamily(bool isOriginal, string expected)
    {
        using LlamaTokenizer tokenizer = Load(isOriginal);
        Assert.Equal(expected, tokenizer.Decode([.. Bytes("a"), FirstByteId + 0xFF, .. Bytes("é")]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Decode_SpecialBetweenBytes_DoesNotEndCharacter(bool isOriginal)
    {
        using LlamaTokenizer tokenizer = Load(isOriginal);
        int[] bytes = Bytes("é");
        Assert.Equal("é", tokenizer.Decode([bytes[0], tokenizer.EosId, bytes[1]]));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Decode_LeadingSpaces_LoseExactlyOne(bool isOriginal)
    {
        using LlamaTokenizer tokenizer = Load(isOriginal);
        int[] ids = tokenizer.EncodeText("   color color", prefix: false);
        Assert.Equal("  color color", tokenizer.Decode([tokenizer.BosId, .. ids]));
        Assert.Equal("", new StreamingDetokenizer(tokenizer).Flush());
    }

    [Fact]
    public void Flush_IncompleteCharacter_GivesOneReplacementPerByte()
    {
        using LlamaTokenizer tokenizer = Load(isOriginal: true);
        StreamingDetokenizer detokenizer = new(tokenizer);
        Assert.Equal("", detokenizer.Append(FirstByteId + 0xF0) + detokenizer.Append(FirstByteId + 0x9F));
        Assert.Equal("\uFFFD\uFFFD", detokenizer.Flush());
        Assert.Equal("", detokenizer.Flush());
    }

    private static LlamaTokenizer Load(bool isOriginal) =>
        LlamaTokenizer.Load(isOriginal ? TextFixtures.OwnVocabulary : JsonFolder);

    // Enumerating runes turns half a surrogate pair into U+FFFD.
    private static bool IsWholeCharacters(string piece) => string.Concat(piece.EnumerateRunes()) == piece;

    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => FirstByteId + value)];

    // Half of the ids are bytes of real characters, cut anywhere, so that whole, broken and incomplete ones all occur.
    private static Arbitrary<int[]> Sequences(LlamaTokenizer tokenizer)
    {
        Gen<int[]> piece = Gen.Choose(0, tokenizer.VocabSize + 2).Select(id => new[] { id });
        Gen<int[]> character = Gen.Elements("é", "日", "😀", "\u2581", " ", "\uFFFD").Select(Bytes);
        Gen<int[]> part =
            from bytes in character
            from count in Gen.Choose(1, 4)
            select bytes[..Math.Min(count, bytes.Length)];
        return Gen.OneOf(piece, character, part).ListOf()
            .Select(parts => parts.SelectMany(ids => ids).ToArray()).ToArbitrary();
    }

    // Straight from llava.md 7.5: whole runs at once, over the whole sequence.
    private static string Reference(LlamaTokenizer tokenizer, int[] ids, bool isOriginal)
    {
        StringBuilder text = new();
        List<byte> run = [];
        foreach (int id in ids.Where(id => !tokenizer.IsSpecial(id)))
        {
            if (id is >= FirstByteId and < FirstByteId + 256)
            {
                run.Add((byte)(id - FirstByteId));
                continue;
            }

            AppendRun(text, run, isOriginal);
            text.Append(tokenizer.Piece(id).Replace('\u2581', ' '));
        }

        AppendRun(text, run, isOriginal);
        return text.Length > 0 && text[0] == ' ' ? text.ToString(1, text.Length - 1) : text.ToString();
    }

    private static void AppendRun(StringBuilder text, List<byte> run, bool isOriginal)
    {
        byte[] bytes = [.. run];
        run.Clear();
        UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
        if (TryDecode(strict, bytes) is { } whole)
        {
            text.Append(whole);
            return;
        }

        for (int i = 0; i < bytes.Length;)
        {
            int length = !isOriginal ? 0 : Enumerable.Range(1, Math.Min(4, bytes.Length - i))
                .FirstOrDefault(n => TryDecode(strict, bytes[i..(i + n)]) is not null);
            text.Append(length > 0 ? TryDecode(strict, bytes[i..(i + length)]) : "\uFFFD");
            i += Math.Max(length, 1);
        }
    }

    private static string? TryDecode(UTF8Encoding strict, byte[] bytes)
    {
        try
        {
            return strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
