using Vlm.Core.Text;
using Vlm.Core.Weights;
using Vlm.Eval.Scenes;
using Vlm.Eval.Training;
using static TorchSharp.torch;

namespace Vlm.Eval.Tests.Training;

public sealed class GroundingTests : IDisposable
{
    private const int Grid = 16;
    private const int Start = 3; // rows before the picture
    private const int PhraseLayer = 1;
    private const int WordLayer = 2;

    private readonly LlamaTokenizer _tokenizer = LlamaTokenizer.Load(Path.GetDirectoryName(DefaultVocabulary.Find())!);

    [Fact]
    public void Encode_QuestionsOfEveryFamily_EndsGroundsWithTheirPhrases()
    {
        QuestionEncoder encoder = new(_tokenizer);
        var grounded = SceneQuiz.Sheets(SceneSplit.Validation, 3).Take(100).SelectMany(sheet => sheet.Questions)
            .Where(question => question.Grounds.Count > 0).ToArray();
        Assert.Equal([SceneFamilies.Gqa, SceneFamilies.Pope, SceneFamilies.Vqa], grounded.Select(q => q.Family).Distinct().Order());
        Assert.All(grounded, question =>
        {
            EncodedQuestion encoded = encoder.Encode(question);
            Assert.All(question.Grounds.Zip(encoded.GroundEnds), pair => Assert.EndsWith(
                pair.First.Phrase ?? "ASSISTANT:", _tokenizer.Decode(encoded.Ids[..(pair.Second + 1)]), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Share_AttentionOfKnownWeights_IsTheirSumOverTheObject()
    {
        using var scope = NewDisposeScope();
        QuestionBatch batch = Batch(out int[] owners);
        int visible = owners.Count(owner => owner == 0);
        Assert.InRange(visible, 4, 16);
        Grounding even = new(batch, Start);
        even.Observe(PhraseLayer, [zeros([1, 1, 1, 2]), ones([1, 1, 4, 2])], [zeros([1, 1, Start + owners.Length, 2])]);
        Assert.Equal(visible / (double)owners.Length, even.Share(), 1e-6);

        float[] keys = [.. Enumerable.Repeat(9f, 2 * Start), .. owners.SelectMany(owner => new[] { owner == 0 ? 1f : 0f, 0f })];
        Grounding sharp = new(batch, Start);
        sharp.Observe(PhraseLayer, [zeros([1, 1, 1, 2]), ones([1, 1, 4, 2])], [tensor(keys, [1, 1, Start + owners.Length, 2])]);
        double expected = visible * Math.E / ((visible * Math.E) + owners.Length - visible);
        Assert.Equal(expected, sharp.Share(), 1e-5);
        Assert.Equal(-Math.Log(expected), sharp.Loss()!.item<float>(), 1e-4);
    }

    [Fact]
    public void Share_LookAtAWord_IsCausalWithinTheQuestion()
    {
        using var scope = NewDisposeScope();
        Grounding grounding = new(Batch(out int[] owners), Start);
        Tensor keys = tensor((float[])[0, 1, 2, 9], [1, 1, 4, 1]); // row 2 looks at rows 0 to 2, row 1 is meant
        grounding.Observe(WordLayer, [zeros([1, 1, 1, 1]), ones([1, 1, 4, 1])], [zeros([1, 1, Start + owners.Length, 1]), keys]);
        Assert.Equal(Math.E / (1 + Math.E + (Math.E * Math.E)), grounding.Share(), 1e-6);
    }

    [Fact]
    public void Of_QuestionOfTwoSteps_FindsThePhraseReadsItAndFindsTheAnswer()
    {
        SceneObject named = new(SceneShape.Square, SceneColour.Green, IsLarge: true, IsStriped: false, 0.2, 0.5, 0.1);
        SceneObject answer = named with { Shape = SceneShape.Star, X = 0.8 };
        SceneQuestion question = new(SceneFamilies.Gqa, "same-colour", "What shape has the same colour as the green square?", "star")
        {
            Grounds = [new SceneGround(named.Name, [named]), new SceneGround(null, [answer])],
        };
        EncodedQuestion encoded = new QuestionEncoder(_tokenizer).Encode(question);
        int answerRow = 100 + encoded.AnswerStart - 1;
        Assert.Equal(
            [(1, 100 + encoded.GroundEnds[0], -1, "1"), (2, answerRow, 100 + encoded.GroundEnds[0], ""), (3, answerRow, -1, "0")],
            Look.Of(question, encoded, [answer, named], firstRow: 100, picture: 5)
                .Select(look => (look.Layer, look.Row, look.Word, string.Join(',', look.Objects))));
    }

    [Fact]
    public void Of_TwoPhrasesAndADirection_ReadsTheDirectionThenThePhrasesInTheOrderOfTheGrounds()
    {
        SceneObject star = new(SceneShape.Star, SceneColour.Red, IsLarge: true, IsStriped: false, 0.2, 0.5, 0.1);
        SceneObject cross = star with { Shape = SceneShape.Cross, X = 0.8 };
        SceneQuestion question = new(SceneFamilies.Gqa, "verify", "Is the red cross below the red star?", "no")
        {
            Grounds =
            [
                new SceneGround(star.Name, [star]), new SceneGround(cross.Name, [cross]),
                new SceneGround("below", []) { IsDirection = true },
            ],
        };
        EncodedQuestion encoded = new QuestionEncoder(_tokenizer).Encode(question);
        Look[] looks = [.. Look.Of(question, encoded, [star, cross], 0, 0)];
        int[] ends = encoded.GroundEnds;
        Assert.Equal(
            [(1, 2, ends[2]), (2, 0, ends[0]), (2, 1, ends[1]), (2, 2, ends[2])],
            looks.Where(look => look.IsAtWord).Select(look => (look.Layer, look.Head, look.Word)).Order());
        Assert.Equal([(ends[0], 0), (ends[1], 1)], looks.Where(look => !look.IsAtWord).Select(look => (look.Row, look.Objects.Single())));
    }

    [Fact]
    public void Grounds_QuestionsThatMayBeTrueOrFalse_AreInAnOrderThatTheTextAloneDecides()
    {
        SceneQuestion[] compared = [.. SceneQuiz.Sheets(SceneSplit.Validation, 5).Take(300).SelectMany(sheet => sheet.Questions)
            .Where(question => question.Category is "verify" or "size-comparison")];
        Assert.Contains(compared, question => question is { Category: "verify", Answer: "yes" });
        Assert.Contains(compared, question => question is { Category: "size-comparison", Answer: "no" });
        Assert.All(compared, question =>
        {
            int[] places = [.. question.Grounds.Take(2).Select(ground => question.Text.IndexOf(ground.Phrase!, StringComparison.Ordinal))];
            bool isTurned = question.Text.Contains(" right of ", StringComparison.Ordinal) || question.Text.Contains(" below ", StringComparison.Ordinal);
            Assert.Equal(isTurned, places[0] > places[1]);
        });
    }

    [Fact]
    public void Loss_LayerThatIsNotTaught_IsNull()
    {
        Grounding grounding = new(Batch(out _), Start);
        grounding.Observe(0, [], []);
        Assert.Null(grounding.Loss());
    }

    public void Dispose() => _tokenizer.Dispose();

    // One picture with one object; row 2 of a question of four ids speaks of it, row 1 of something too thin to see.
    private static QuestionBatch Batch(out int[] owners)
    {
        SceneObject it = new(SceneShape.Square, SceneColour.Green, IsLarge: true, IsStriped: false, 0.5, 0.5, 0.1);
        ScenePictures pictures = ScenePictures.LabelsOf([new Scene(224, 224, SceneTexture.Plain, [it], [], 0)], Grid);
        owners = pictures.Labels[0].Owners;
        return new QuestionBatch(pictures, [],
        [
            new QuestionGroup(
                1, 4, [1, 2, 3, 4], [3], [5], [0], ["family"],
                [new Look(PhraseLayer, 0, 2, 0, [0], -1), new Look(PhraseLayer, 0, 1, 0, [1], -1), new Look(WordLayer, 0, 2, 0, [], 1)]),
        ]);
    }
}
