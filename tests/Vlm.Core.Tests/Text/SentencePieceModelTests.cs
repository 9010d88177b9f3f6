using System.Text;
using Vlm.Torch.Media;

namespace Vlm.Core.Tests.Text;

public sealed class SentencePieceModelTests
{
    private static readonly byte[] Own = File.ReadAllBytes(Path.Combine(TextFixtures.OwnVocabulary, "tokenizer.model"));

    [Fact]
    public void Encode_PrefixArgument_DecidesOverFile()
    {
        byte[] withoutPrefix = [.. Own, 0x1A, 2, 0x18, 0]; // normalizer_spec { add_dummy_prefix: false }
        using SentencePieceModel model = SentencePieceModel.Load(withoutPrefix, "test");
        using SentencePieceModel own = SentencePieceModel.Load(Own, "test");
        Assert.Equal("\u2581color", Assert.Single(model.Encode("color", prefix: true).Select(model.Piece)));
        Assert.DoesNotContain('\u2581', string.Concat(own.Encode("color", prefix: false).Select(own.Piece)));
    }

    [Theory]
    [InlineData((byte)SentencePieceType.UserDefined)]
    [InlineData((byte)SentencePieceType.Control)]
    public void Encode_NameOfAddedSymbol_IsOrdinaryCharacters(byte type)
    {
        byte[] name = Encoding.UTF8.GetBytes("<image>");
        byte[] piece = [0x0A, (byte)name.Length, .. name, 0x15, 0, 0, 0, 0, 0x18, type]; // piece, score, type
        using SentencePieceModel model = SentencePieceModel.Load([.. Own, 0x0A, (byte)piece.Length, .. piece], "test");
        int id = model.Size - 1;
        Assert.Equal(("<image>", (SentencePieceType)type), (model.Piece(id), model.Type(id)));
        Assert.DoesNotContain(id, model.Encode("a <image> b<image>", prefix: true));
    }

    [Fact]
    public void Load_ModelWithSelfTest_LoadsAlthoughPrefixChanges()
    {
        byte[] sample = [0x0A, 5, .. "color"u8, 0x12, 1, .. "x"u8]; // input, expected: wrong on purpose
        byte[] selfTest = [0x0A, (byte)sample.Length, .. sample];
        byte[] tested = [.. Own, 0x22, (byte)selfTest.Length, .. selfTest];
        using SentencePieceModel model = SentencePieceModel.Load(tested, "test");
        Assert.Single(model.Encode("color", prefix: true));
    }

    [Fact]
    public void Score_OfNormalPieces_FallsWithId()
    {
        using SentencePieceModel model = SentencePieceModel.Load(Own, "test");
        float[] scores = [.. Enumerable.Range(259, model.Size - 259).Select(model.Score)];
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public void Piece_IdOutOfRange_Throws()
    {
        using SentencePieceModel model = SentencePieceModel.Load(Own, "test");
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Piece(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Piece(model.Size));
    }

    [Fact]
    public void Encode_AfterDispose_Throws()
    {
        SentencePieceModel model = SentencePieceModel.Load(Own, "test");
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Encode("x", prefix: true));
    }

    [Fact]
    public void Load_BrokenBytes_NamesFile()
    {
        byte[] endless = [.. Enumerable.Repeat((byte)0xFF, 11)]; // a number that does not end
        byte[][] broken = [[], "not a model"u8.ToArray(), Own[..^1], Own[..1000], endless];
        Assert.All(broken, bytes =>
        {
            InvalidDataException error =
                Assert.Throws<InvalidDataException>(() => SentencePieceModel.Load(bytes, "a.model"));
            string expected = $"a.model: expected a SentencePiece model, found {bytes.Length} bytes that are none: ";
            Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Encode_FromManyThreads_GivesSameIds()
    {
        using SentencePieceModel model = SentencePieceModel.Load(Own, "test");
        const string text = "What color is the circle?";
        int[] expected = model.Encode(text, prefix: true);
        int[][] found = [.. ParallelEnumerable.Range(0, 200).Select(_ => model.Encode(text, prefix: true))];
        Assert.All(found, ids => Assert.Equal(expected, ids));
    }
}
