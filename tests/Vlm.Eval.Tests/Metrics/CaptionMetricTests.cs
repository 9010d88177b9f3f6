using System.Text.Json;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Caption metrics against pycocoevalcap's values.</summary>
public sealed class CaptionMetricTests
{
    private const double Written = 1e-8;

    [Theory]
    [Vectors("caption_metric_vectors.json", "sets")]
    public void Bleu_Vector_GivesExpectedScores(JsonElement set)
    {
        double[] sums = new double[Bleu.VectorLength];
        foreach (double[] vector in Captions(set).Select(Bleu.Vector))
        {
            sums = [.. sums.Zip(vector, (a, b) => a + b)];
        }

        AssertNear(Numbers(set, "Bleu"), Bleu.Scores(sums));
    }

    [Theory]
    [Vectors("caption_metric_vectors.json", "sets")]
    public void RougeL_Vector_GivesExpectedScores(JsonElement set)
    {
        double[] scores = [.. Captions(set).Select(RougeL.Score)];

        AssertNear(Numbers(set, "ROUGE_L_each"), scores);
        AssertNear(Numbers(set, "ROUGE_L"), [scores.Average()]);
    }

    [Theory]
    [Vectors("caption_metric_vectors.json", "sets")]
    public void Cider_Vector_GivesExpectedScores(JsonElement set)
    {
        double[] scores = Cider.Scores(Captions(set));

        AssertNear(Numbers(set, "CIDEr_each"), scores);
        AssertNear(Numbers(set, "CIDEr"), [scores.Average()]);
    }

    [Theory]
    [InlineData("A man's dog isn't here, it's 5 p.m.!", "a man 's dog is n't here it 's 5 p.m.")]
    [InlineData("Two t-shirts (red) for $5 \u2014 50% off\u2026", "two t-shirts -lrb- red -rrb- for $ 5 50 % off")]
    [InlineData("You cannot eat 3,000 \u201cpies\u201d;\nand 1/2 of a/b.", "you can not eat 3,000 pies and 1/2 of a/b")]
    [InlineData("the U.S.A. is [big]", "the u.s.a. is -lsb- big -rsb-")]
    [InlineData("A dog \U0001f415!", "a dog \U0001f415")]
    [InlineData("", "")]
    public void PtbTokenizer_Caption_SplitsAsTheOriginal(string caption, string tokens) =>
        Assert.Equal(tokens, PtbTokenizer.Tokenize(caption));

    private static Caption[] Captions(JsonElement set) =>
        [.. set.GetProperty("items").EnumerateObject().Select(item => new Caption(item.Value.Text("pred"), item.Value.Texts("refs")))];

    private static double[] Numbers(JsonElement set, string name)
    {
        JsonElement value = set.GetProperty("expected").GetProperty(name);
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetDouble())] : [value.GetDouble()];
    }

    private static void AssertNear(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Written));
    }
}
