using Vlm.Core.Engine;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

public class SamplerTests
{
    private const int VocabSize = 5;
    private const double Exact = 1e-12;
    private static readonly double[] Logits = [1.0, 3.0, 2.0, 3.0, 0.5];

    [Fact]
    public void Run_Greedy_TakesLowestIdOnTies()
    {
        Assert.Equal([1], Ids(Logits, new SamplingOptions()));
    }

    [Fact]
    public void Run_LargestLogitBehindTheVocabulary_IsIgnored()
    {
        double[] logits = [.. Logits, 99.0, double.PositiveInfinity];
        Assert.Equal([1, 1], Ids(logits, new SamplingOptions(), new SamplingOptions { Temperature = 1e-3, TopK = 1 }));
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(0, 1e-9)]
    public void Run_OneTokenKept_IsGreedyAtAnyTemperature(int topK, double topP)
    {
        double[] logits = [1.0, 2.5, 2.0, 3.0, 0.5];
        var options = new SamplingOptions { Temperature = 2, TopK = topK, TopP = topP };
        Assert.All(Enumerable.Range(0, 50), index => Assert.Equal(3, Draw(logits, options, index)));
    }

    [Theory]
    [InlineData(1e-310)]
    [InlineData(double.Epsilon)]
    public void Run_TemperatureNearZero_IsGreedy(double temperature)
    {
        double[] logits = [1.0, 2.5, 2.0, 3.0, 0.5];
        Assert.Equal(3, Draw(logits, new SamplingOptions { Temperature = temperature }, index: 0));
    }

    [Fact]
    public void Run_RowOfNaN_StaysInsideTheVocabulary()
    {
        double[] logits = [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN];
        Assert.InRange(Draw(logits, new SamplingOptions { Temperature = 1 }, index: 0), 0, VocabSize - 1);
    }

    [Fact]
    public void Run_TopP_KeepsTheSmallestSetThatReachesIt()
    {
        // Probabilities 0.5, 0.3, 0.2: 0.79 needs two tokens, 0.81 three.
        double[] logits = [Math.Log(0.3), Math.Log(0.5), Math.Log(0.2), -50, -50];
        Assert.Equal([0, 1], Seen(logits, new SamplingOptions { Temperature = 1, TopP = 0.79 }));
        Assert.Equal([0, 1, 2], Seen(logits, new SamplingOptions { Temperature = 1, TopP = 0.81 }));
    }

    [Fact]
    public void Run_TopKThenTopP_TopPSeesRenormalisedProbabilities()
    {
        // Of 0.5, 0.3, 0.2 the best two are 0.625, 0.375: 0.6 is reached by the first alone.
        double[] logits = [Math.Log(0.3), Math.Log(0.5), Math.Log(0.2), -50, -50];
        Assert.Equal([1], Seen(logits, new SamplingOptions { Temperature = 1, TopK = 2, TopP = 0.6 }));
        Assert.Equal([0, 1], Seen(logits, new SamplingOptions { Temperature = 1, TopP = 0.6 }));
    }

    [Fact]
    public void Run_Temperature_DrawsByTheScaledSoftmax()
    {
        const int numDraws = 2000;
        const double temperature = 1.5;
        var rows = Enumerable.Range(0, numDraws).Select(
            i => new SampleRow(new SamplingOptions { Temperature = temperature }, 9, i)).ToArray();
        using var scope = NewDisposeScope();
        using var logits = tensor(Logits, [1, VocabSize]);
        var output = new Sampler(VocabSize).Run(logits.expand(numDraws, VocabSize), rows, []);
        var ids = output.Tokens.Select(token => token.Id).ToArray();
        var weights = Logits.Select(logit => Math.Exp(logit / temperature)).ToArray();
        for (var id = 0; id < VocabSize; id++)
        {
            var p = weights[id] / weights.Sum();
            var slack = 5 * Math.Sqrt(numDraws * p * (1 - p)); // five standard deviations
            Assert.InRange(ids.Count(drawn => drawn == id), (numDraws * p) - slack, (numDraws * p) + slack);
        }
    }

    [Fact]
    public void Run_MixedBatch_EqualsEachRowAlone()
    {
        SamplingOptions[] options =
        [
            new(),
            new() { Temperature = 0.7, TopK = 3 },
            new() { Logprobs = 2 },
            new() { Temperature = 1.3, TopP = 0.8, Logprobs = 4 },
            new() { Temperature = 1 },
        ];
        SampleRow[] rows = [.. options.Select((option, i) => new SampleRow(option, (ulong)(i + 1), i))];
        double[][] logits = [.. rows.Select((_, i) => Logits.Select(logit => logit * (i - 2)).ToArray())];
        using var scope = NewDisposeScope();
        var together = new Sampler(VocabSize).Run(
            tensor(logits.SelectMany(row => row).ToArray(), [rows.Length, VocabSize]), rows, []);
        for (var i = 0; i < rows.Length; i++)
        {
            var alone = new Sampler(VocabSize).Run(tensor(logits[i], [1, VocabSize]), [rows[i]], []);
            Assert.Equal(alone.Tokens[0].Id, together.Tokens[i].Id);
            Assert.Equal(alone.Tokens[0].Logprob, together.Tokens[i].Logprob);
            Assert.Equal(alone.Tokens[0].Top, together.Tokens[i].Top);
        }
    }

    [Fact]
    public void Run_Logprobs_AreThoseOfTheFullSoftmax()
    {
        using var scope = NewDisposeScope();
        var options = new SamplingOptions { Temperature = 2, TopK = 1, Logprobs = 3 };
        var token = new Sampler(VocabSize).Run(
            tensor([.. Logits, 100.0], [1, VocabSize + 1]), [new SampleRow(options, 1, 0)], []).Tokens[0];
        Assert.Equal(LogSoftmax(token.Id), token.Logprob, Exact);
        Assert.Equal([LogSoftmax(1), LogSoftmax(3), LogSoftmax(2)], token.Top.Select(top => top.Logprob), Close);
        Assert.Equal([1, 2, 3], token.Top.Select(top => top.Id).Order());
    }

    [Fact]
    public void Run_Shifts_ChangeTheChoiceNotTheLogprobs()
    {
        using var scope = NewDisposeScope();
        Dictionary<int, double> shifts = new() { [4] = 100, [2] = -1 };
        SampleRow[] rows = [new(new() { Logprobs = 1 }, 1, 0, Shifts: shifts), new(new(), 1, 0), new(new(), 1, 0, Allowed: [0, 2], Shifts: shifts)];

        var tokens = new Sampler(VocabSize).Run(tensor([.. Logits, .. Logits, .. Logits], [3, VocabSize]), rows, []).Tokens;

        Assert.Equal([4, Array.IndexOf(Logits, Logits.Max()), Logits[0] >= Logits[2] - 1 ? 0 : 2], tokens.Select(token => token.Id));
        Assert.Equal(LogSoftmax(4), tokens[0].Logprob, Exact);
    }

    [Fact]
    public void Run_ScoreRowsBehindSampleRows_GiveTheTargetsLogprobs()
    {
        using var scope = NewDisposeScope();
        var logits = tensor([.. Logits.Reverse(), .. Logits, .. Logits], [3, VocabSize]);
        var output = new Sampler(VocabSize).Run(logits, [new SampleRow(new(), 0, 0)], [4, 1]);
        Assert.Equal(1, Assert.Single(output.Tokens).Id);
        Assert.Equal([LogSoftmax(4), LogSoftmax(1)], output.Scores, Close);
    }

    private static bool Close(double x, double y) => Math.Abs(x - y) < Exact;

    private static double LogSoftmax(int id) => Logits[id] - Math.Log(Logits.Sum(Math.Exp));

    private static int[] Seen(double[] logits, SamplingOptions options) =>
        [.. Enumerable.Range(0, 200).Select(index => Draw(logits, options, index)).Distinct().Order()];

    private static int Draw(double[] logits, SamplingOptions options, int index)
    {
        using var scope = NewDisposeScope();
        return new Sampler(VocabSize).Run(tensor(logits, [1, logits.Length]), [new SampleRow(options, 3, index)], [])
            .Tokens[0].Id;
    }

    private static int[] Ids(double[] logits, params SamplingOptions[] options)
    {
        using var scope = NewDisposeScope();
        var repeated = tensor(options.SelectMany(_ => logits).ToArray(), [options.Length, logits.Length]);
        SampleRow[] rows = [.. options.Select(option => new SampleRow(option, 1, 0))];
        return [.. new Sampler(VocabSize).Run(repeated, rows, []).Tokens.Select(token => token.Id)];
    }
}
