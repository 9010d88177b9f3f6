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
    private const int Layer = 1; // where phrases look

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
        even.Observe(Layer, [zeros([1, 1, 1, 2]), ones([1, 1, 4, 2])], [zeros([1, 1, Start + owners.Length, 2])]);
        Assert.Equal(visible / (double)owners.Length, even.Share(), 1e-6);

        float[] keys = [.. Enumerable.Repeat(9f, 2 * Start), .. owners.SelectMany(owner => new[] { owner == 0 ? 1f : 0f, 0f })];
        Grounding sharp = new(batch, Start);
        sharp.Observe(Layer, [zeros([1, 1, 1, 2]), ones([1, 1, 4, 2])], [tensor(keys, [1, 1, Start + owners.Length, 2])]);
        double expected = visible * Math.E / ((visible * Math.E) + owners.Length - visible);
        Assert.Equal(expected, sharp.Share(), 1e-5);
        Assert.Equal(-Math.Log(expected), sharp.Loss()!.item<float>(), 1e-4);
    }

    [Fact]
    public void Loss_LayerThatIsNotTaught_IsNull()
    {
        Grounding grounding = new(Batch(out _), Start);
        grounding.Observe(0, [], []);
        Assert.Null(grounding.Loss());
    }

    public void Dispose() => _tokenizer.Dispose();

    // One picture with one object; row 2 of a question of four ids speaks of it, row 1 of something that is not there.
    private static QuestionBatch Batch(out int[] owners)
    {
        SceneObject it = new(SceneShape.Square, SceneColour.Green, IsLarge: true, IsStriped: false, 0.5, 0.5, 0.1);
        ScenePictures pictures = ScenePictures.LabelsOf([new Scene(224, 224, SceneTexture.Plain, [it], [], 0)], Grid);
        owners = pictures.Labels[0].Owners;
        return new QuestionBatch(pictures, [],
        [
            new QuestionGroup(
                1, 4, [1, 2, 3, 4], [3], [5], [0], ["family"],
                [new GroundedRow(2, 0, IsAnswer: false, [0]), new GroundedRow(1, 0, IsAnswer: false, [])]),
        ]);
    }
}
