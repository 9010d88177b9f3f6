using System.Text;
using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;
using Vlm.Eval.Tests.Metrics;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>Stored answers to the fixtures of every benchmark, scored to numbers that were worked by hand.</summary>
public sealed class BenchmarkScoreTests
{
    private const double Exact = 1e-9;

    [Theory]
    [InlineData("vqav2", EvalProfile.Llava, "accuracy", 47.5)] // 1, 0.9, 0 (m4c splits dog's, ten equal references stay raw), 0 (missing)
    [InlineData("vqav2", EvalProfile.Llava, "yes_no", 100)]
    [InlineData("vqav2", EvalProfile.Llava, "number", 90)]
    [InlineData("vqav2", EvalProfile.Llava, "other", 0)]
    [InlineData("vqav2", EvalProfile.Lmms, "accuracy", 72.5)]
    [InlineData("vqav2", EvalProfile.Lmms, "other", 50)]
    [InlineData("okvqa", EvalProfile.Llava, "accuracy", 50)]
    [InlineData("okvqa", EvalProfile.Lmms, "accuracy", 100)]
    [InlineData("gqa", EvalProfile.Llava, "accuracy", 50)] // left, t-shirt
    [InlineData("gqa", EvalProfile.Llava, "binary", 50)] // t-shirt of choose and verify
    [InlineData("gqa", EvalProfile.Llava, "open", 50)] // left of two queries
    [InlineData("gqa", EvalProfile.Llava, "semantic.object", 50)]
    [InlineData("gqa", EvalProfile.Llava, "semantic.relation", 100)]
    [InlineData("gqa", EvalProfile.Llava, "steps.2", 100)] // select and query: left
    [InlineData("gqa", EvalProfile.Llava, "steps.1", 100.0 / 3)]
    [InlineData("gqa", EvalProfile.Llava, "words.4", 100.0 / 3)] // t-shirt of three; "Which side is it on?" has five words
    [InlineData("gqa", EvalProfile.Llava, "consistency", 0)] // 201 entails itself and 204, which is wrong
    [InlineData("gqa", EvalProfile.Llava, "distribution", 0.02)] // dog and yes never predicted as written: chi 2, over 100
    [InlineData("gqa", EvalProfile.Lmms, "accuracy", 75)]
    [InlineData("vizwiz", EvalProfile.Llava, "accuracy", 45)]
    [InlineData("vizwiz", EvalProfile.Lmms, "accuracy", 95)]
    [InlineData("scienceqa", EvalProfile.Llava, "accuracy", 50)]
    [InlineData("scienceqa", EvalProfile.Llava, "accuracy_img", 50)]
    [InlineData("scienceqa", EvalProfile.Lmms, "accuracy", 50)]
    [InlineData("scienceqa", EvalProfile.Lmms, "accuracy_img", 200.0 / 3)]
    [InlineData("textvqa", EvalProfile.Llava, "accuracy", 80)]
    [InlineData("textvqa", EvalProfile.Lmms, "accuracy", 160.0 / 3)]
    [InlineData("pope", EvalProfile.Llava, "f1", 700.0 / 9)]
    [InlineData("pope", EvalProfile.Llava, "random.f1", 200.0 / 3)]
    [InlineData("pope", EvalProfile.Llava, "random.accuracy", 200.0 / 3)]
    [InlineData("pope", EvalProfile.Llava, "random.precision", 100)]
    [InlineData("pope", EvalProfile.Llava, "random.recall", 50)]
    [InlineData("pope", EvalProfile.Llava, "random.yes_ratio", 100.0 / 3)]
    [InlineData("pope", EvalProfile.Llava, "popular.accuracy", 50)]
    [InlineData("pope", EvalProfile.Llava, "adversarial.f1", 100)]
    [InlineData("pope", EvalProfile.Lmms, "f1", 700.0 / 9)]
    [InlineData("pope", EvalProfile.Lmms, "random.accuracy", 100.0 / 3)]
    [InlineData("pope", EvalProfile.Lmms, "random.yes_ratio", 200.0 / 3)] // of the labels
    [InlineData("mme", EvalProfile.Llava, "perception", 225)]
    [InlineData("mme", EvalProfile.Llava, "cognition", 200)]
    [InlineData("mme", EvalProfile.Llava, "existence", 125)]
    [InlineData("mme", EvalProfile.Llava, "OCR", 50)]
    [InlineData("mme", EvalProfile.Lmms, "perception", 375)]
    [InlineData("mme", EvalProfile.Lmms, "OCR", 200)]
    [InlineData("mmbench", EvalProfile.Llava, "accuracy", 200.0 / 3)]
    [InlineData("mmbench", EvalProfile.Llava, "accuracy_circular", 100.0 / 3)]
    [InlineData("mmbench", EvalProfile.Lmms, "accuracy_circular", 100.0 / 3)]
    [InlineData("mmbench", EvalProfile.Lmms, "accuracy_static", 200.0 / 3)]
    [InlineData("mmbench", EvalProfile.Lmms, "accuracy_circular_static", 100.0 / 3)]
    [InlineData("mmbench_cn", EvalProfile.Llava, "accuracy", 100)]
    [InlineData("mmbench_cn", EvalProfile.Llava, "accuracy_circular", 0)]
    [InlineData("seed", EvalProfile.Llava, "accuracy", 100.0 / 3)]
    [InlineData("seed", EvalProfile.Llava, "accuracy_image", 50)]
    [InlineData("seed", EvalProfile.Llava, "accuracy_video", 0)]
    [InlineData("seed", EvalProfile.Lmms, "accuracy", 200.0 / 3)]
    [InlineData("docvqa", EvalProfile.Llava, "anls", 100 * (1 + (8.0 / 9)) / 2)]
    [InlineData("docvqa", EvalProfile.Lmms, "anls", 100)]
    [InlineData("chartqa", EvalProfile.Llava, "accuracy", 50)]
    [InlineData("chartqa", EvalProfile.Lmms, "accuracy", 100)]
    [InlineData("chartqa", EvalProfile.Llava, "accuracy_augmented", 0)]
    [InlineData("scenes", EvalProfile.Llava, "accuracy", 50)]
    [InlineData("scenes", EvalProfile.Llava, "pope", 100)]
    public void Score_Fixture_EqualsHandWorkedValue(string benchmark, EvalProfile profile, string metric, double expected) =>
        Assert.Equal(expected, EvalFixtures.Score(benchmark, profile).Values()[metric], Exact);

    [Theory]
    [InlineData("coco_caption")]
    [InlineData("flickr30k")]
    public void Score_Captions_EqualTheSecondSpecVector(string benchmark)
    {
        IReadOnlyDictionary<string, double> values = EvalFixtures.Score(benchmark, EvalProfile.Lmms).Values();

        Assert.Equal(431.8674079, values["cider"], 1e-6);
        Assert.Equal(1.493754196, values["bleu_4"], 1e-6);
        Assert.Equal(68.04733728, values["rouge_l"], 1e-6);
    }

    [Theory]
    [InlineData("vqav2", EvalProfile.Llava, 4, 3, 1, 0)]
    [InlineData("scienceqa", EvalProfile.Llava, 4, 3, 1, 1)]
    [InlineData("scienceqa", EvalProfile.Lmms, 4, 3, 1, 1)]
    [InlineData("textvqa", EvalProfile.Llava, 3, 2, 1, 0)]
    [InlineData("pope", EvalProfile.Llava, 7, 7, 0, 0)]
    [InlineData("pope", EvalProfile.Lmms, 7, 7, 0, 1)]
    [InlineData("mme", EvalProfile.Llava, 10, 10, 0, 2)]
    [InlineData("mme", EvalProfile.Lmms, 10, 10, 0, 1)]
    [InlineData("mmbench", EvalProfile.Llava, 5, 5, 0, 1)]
    [InlineData("seed", EvalProfile.Llava, 3, 2, 1, 1)]
    [InlineData("mmvet", EvalProfile.Llava, 1, 1, 0, 0)]
    [InlineData("llavabench", EvalProfile.Llava, 1, 1, 0, 0)]
    public void Score_Fixture_CountsQuestions(string benchmark, EvalProfile profile, int questions, int answered, int missing, int unparsed) =>
        Assert.Equal(new ScoreCounts(questions, answered, missing, unparsed), EvalFixtures.Score(benchmark, profile).Counts);

    [Theory]
    [Vectors("metric_vectors.json", "mmbench_circular")]
    public void Score_MmBenchVector_CountsGroupsWithoutAMiss(JsonElement vector)
    {
        using ScratchFolder folder = new();
        JsonElement[] rows = [.. vector.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rows").EnumerateArray())];
        folder.Write("mmbench/mmbench_dev_20230712.tsv", "index\tquestion\tA\tB\tC\tD\tanswer\timage\n" +
            string.Concat(rows.Select(row => $"{row[0]}\tq\tw\tx\ty\tz\t{row[1]}\t\n")));
        string answers = folder.Write("answers.jsonl", string.Concat(rows.Select(row => $"{{\"question_id\": {row[0]}, \"text\": \"{row[2]}\"}}\n")));

        Score score = EvalFixtures.Score("mmbench", EvalProfile.Llava, answers, new DataFolder(folder.Path));

        Assert.Equal(100 * vector.GetProperty("expected_vanilla_accuracy_base_rows").GetDouble(), score.Values()["accuracy"], Exact);
        Assert.Equal(100 * vector.GetProperty("expected_accuracy").GetDouble(), score.Values()["accuracy_circular"], Exact);
        Assert.All(vector.GetProperty("expected_hits").EnumerateObject(), hit =>
            Assert.Equal(hit.Value.GetDouble(), score.Units.Value(score.Units.Ids.ToList().IndexOf(hit.Name), "accuracy_circular")));
    }

    [Theory]
    [Vectors("metric_vectors.json", "mme_score")]
    public void Score_MmeVector_GivesExpectedPoints(JsonElement vector)
    {
        using ScratchFolder folder = new();
        StringBuilder answers = new();
        foreach (JsonElement item in vector.GetProperty("items_category_image_correct").EnumerateArray())
        {
            (string category, string picture) = (item[0].GetString()!, item[1].GetString()!);
            string[] truths = ["yes", "no"];
            folder.Write(
                $"MME/MME_Benchmark_release_version/{category}/{picture}.txt", string.Concat(truths.Select(t => $"Is it {t}? Please answer yes or no.\t{t}\n")));
            answers.AppendJoin("", truths.Select((truth, i) =>
                $"{{\"question_id\": \"{category}/{picture}.jpg\", \"prompt\": \"Is it {truth}?\\nAnswer the question using a single word or phrase.\", " +
                $"\"text\": \"{(item[2][i].GetInt32() == 1 ? truth : "maybe")}\"}}\n"));
        }

        string file = folder.Write("answers.jsonl", answers.ToString());
        foreach (EvalProfile profile in Enum.GetValues<EvalProfile>())
        {
            IReadOnlyDictionary<string, double> values = EvalFixtures.Score("mme", profile, file, new DataFolder(folder.Path)).Values();

            Assert.Equal(vector.GetProperty("total").GetDouble(), values["perception"], Exact);
            Assert.All(vector.GetProperty("expected").EnumerateObject(), category =>
                Assert.Equal(category.Value.GetProperty("score").GetDouble(), values[category.Name], Exact));
        }
    }
}
