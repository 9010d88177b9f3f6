using System.Text;
using System.Text.RegularExpressions;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>Odd but legal shapes of official files score as the plain ones; broken ones are refused by file, line and field.</summary>
public sealed partial class DataShapeTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string> Names =>
        [.. BenchmarkTable.All.Select(benchmark => benchmark.Name).Where(name => File.Exists(EvalFixtures.AnswerPath(name)))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Score_ByteOrderMarkCrlfAndEmptyLines_ChangeNothing(string benchmark)
    {
        DataFolder data = CopyData(text => "\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal));
        string answers = _folder.Write("a.jsonl", "\uFEFF\r\n" + File.ReadAllText(EvalFixtures.AnswerPath(benchmark)).Replace("\n", "\r\n \r\n", StringComparison.Ordinal));

        foreach (EvalProfile profile in Enum.GetValues<EvalProfile>())
        {
            AssertSame(EvalFixtures.Score(benchmark, profile), EvalFixtures.Score(benchmark, profile, answers, data));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Score_NumbersAsTextAndBack_IsTheSameButForSeed(string benchmark)
    {
        string plain = File.ReadAllText(EvalFixtures.AnswerPath(benchmark));
        string answers = _folder.Write("a.jsonl", QuotedId().Replace(NumberId().Replace(plain, "$1\"#$2\""), "$1$2").Replace("\"#", "\"", StringComparison.Ordinal));

        foreach (EvalProfile profile in Enum.GetValues<EvalProfile>().Where(profile => benchmark != "seed" || profile == EvalProfile.Lmms))
        {
            AssertSame(EvalFixtures.Score(benchmark, profile), EvalFixtures.Score(benchmark, profile, answers));
        }
    }

    [Theory]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1, \"answers\": []}]}", "line 1: answers: expected at least one text, found none.")]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [\n{\"question_id\": 1, \"answers\": [{\"answer\": \"a\"}]},\n{\"question_id\": 1, \"answers\": [{\"answer\": \"a\"}]}]}", "line 3: question_id: expected each once, found 1 twice.")]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1.5, \"answers\": [{\"answer\": \"a\"}]}]}", "line 1: question_id: expected an integer or a text, found 1.5.")]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1, \"answers\": [{\"answer\": \"a\"}]},]}", "line 1: expected JSON, found: ")]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1, \"answers\": [{\"answer\": \"a\"}]}],}", "line 1: expected JSON, found: ")]
    [InlineData("vqav2", "vqav2/v2_mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1, \"answers\": [{\"answer\": \"a\"}]}], \"info\": {", "line 1: expected JSON, found: ")]
    [InlineData("okvqa", "okvqa/mscoco_val2014_annotations.json", "{\"annotations\": [{\"question_id\": 1, \"answers\": [\"a\"]}]}", "line 1: answers: expected objects, found \"a\".")]
    [InlineData("vizwiz", "vizwiz/val.json", "[{\"image\": \"a.jpg\", \"question\": \"q\", \"answers\": []}]", "line 1: answers: expected at least one text, found none.")]
    [InlineData("vizwiz", "vizwiz/val.json", "[{\"image\": \"a.jpg\", \"question\": \"q\"}]", "line 1: answers: expected a value, found none.")]
    [InlineData("vizwiz", "vizwiz/val.json", "[{\"answers\": [{\"answer\": \"a\"}]}]\n]", "line 2: expected JSON, found: ")]
    [InlineData("gqa", "gqa/data/testdev_balanced_questions.json", "{\"7\": {\"answer\": \"a\", \"entailed\": [8]}}", "line 1: entailed of 7: expected a text, found 8.")]
    [InlineData("gqa", "gqa/data/testdev_balanced_questions.json", "{\"7\": {\"answer\": \"a\"},\n\"7\": {\"answer\": \"b\"}}", "line 2: expected each name once, found 7 twice.")]
    [InlineData("docvqa", "docvqa/val_v1.0.json", "{\"data\": [{\"questionId\": 1, \"answers\": [\"a\"]}, {\"questionId\": 1, \"answers\": [\"a\"]}]}", "line 1: questionId: expected each once, found 1 twice.")]
    [InlineData("textvqa", "textvqa/TextVQA_0.5.1_val.json", "{\"data\": [{\"image_id\": \"a\", \"question_id\": 1, \"question\": \"q\", \"answers\": [\"a\"]}]}", "line 1: answers: expected 10 texts, found 1.")]
    [InlineData("seed", "seed_bench/SEED-Bench.json", "{\"questions\": [{\"question_id\": \"1\", \"answer\": \"E\", \"data_type\": \"image\", \"question_type_id\": 1}]}", "line 1: answer: expected A or B or C or D, found E.")]
    [InlineData("flickr30k", "flickr30k/dataset_flickr30k.json", "{\"images\": [{\"imgid\": 0, \"filename\": \"0.jpg\", \"split\": \"test\", \"sentences\": []}]}", "line 1: sentences: expected at least one text, found none.")]
    [InlineData("mmbench", "mmbench/mmbench_dev_20230712.tsv", "index\tquestion\tA\tB\tanswer\n1\tq\ta\tb\tA\n1\tq\ta\tb\tA\n", "line 3: index: expected each once, found 1 twice.")]
    [InlineData("mmbench", "mmbench/mmbench_dev_20230712.tsv", "index\tquestion\tA\tB\tanswer\n1\tq\ta\tb\ta\n", "line 2: answer: expected A, B, C or D, found a.")]
    [InlineData("mme", "MME/MME_Benchmark_release_version/OCR/1.txt", "Is it? Please answer yes or no.\tYes\nIs it? Please answer yes or no. No\n", "line 2: expected a question, a tab and Yes or No, found 'Is it? Please answer yes or no. No'.")]
    [InlineData("mme", "MME/MME_Benchmark_release_version/posters/images/1.jpg", "", "questions_answers_YN: expected the questions about the pictures beside it, found none.")]
    [InlineData("scenes", "questions.json", "{\"questions\": [{\"question_id\": 1, \"family\": \"vqa\"}, {\"question_id\": 1, \"family\": \"vqa\"}]}", "line 1: question_id: expected each once, found 1 twice.")]
    public void OpenScorer_BrokenFile_NamesPlaceAndField(string benchmark, string file, string content, string message)
    {
        _folder.Write(file, content);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EvalFixtures.Benchmark(benchmark).OpenScorer(new DataFolder(_folder.Path)));

        Assert.StartsWith(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"test\": [\"4\", \"99\"]}", "line 1: test: expected ids of scienceqa/problems.json, found 99.")]
    [InlineData("{\"test\": [\"4\"]", "line 1: expected ")]
    [InlineData("[]", "line 1: record: expected an object, found []")]
    [InlineData("{\"test\": []}", "line 1: test: expected at least one text, found none.")]
    public void OpenScorer_BrokenScienceQaSplits_NamesPlaceAndField(string content, string message)
    {
        DataFolder data = CopyData(text => text);
        File.WriteAllText(data.At("scienceqa", "pid_splits.json"), content);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EvalFixtures.Benchmark("scienceqa").OpenScorer(data));

        Assert.StartsWith($"{data.At("scienceqa", "pid_splits.json")} {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_TextVqaQuestionTwiceAboutAPicture_ComparesBothWithTheLastAsTheScript()
    {
        string Question(int id, string text, string answer) =>
            $"{{\"image_id\": \"0a\", \"question_id\": {id}, \"question\": \"{text}\", \"answers\": [{string.Join(", ", Enumerable.Repeat($"\"{answer}\"", 10))}]}}";
        string Line(string text) => $"{{\"question_id\": \"0a\", \"prompt\": \"what is it?\\nAnswer the question using a single word or phrase.\", \"text\": \"{text}\"}}\n";
        _folder.Write("textvqa/TextVQA_0.5.1_val.json", $"{{\"data\": [{Question(1, "What is it?", "cat")}, {Question(2, "what is it?", "dog")}]}}");
        DataFolder data = new(_folder.Path);

        Score score = EvalFixtures.Score("textvqa", EvalProfile.Llava, _folder.Write("a.jsonl", Line("dog") + Line("cat")), data);

        Assert.Equal((50, new ScoreCounts(2, 2, 0, 0)), (score.Values()["accuracy"], score.Counts));
        Assert.Throws<InvalidDataException>(() => EvalFixtures.Score("textvqa", EvalProfile.Llava, _folder.Write("a.jsonl", Line("dog") + Line("cat") + Line("cat")), data));
    }

    [Fact]
    public void Score_PopeSplitWithoutLabels_IsLeftOutAndSaid()
    {
        DataFolder data = CopyData(text => text);
        File.Delete(data.At("pope", "coco", "coco_pope_popular.json"));

        Score score = EvalFixtures.Score("pope", EvalProfile.Llava, EvalFixtures.AnswerPath("pope"), data);

        Assert.Equal((200.0 / 3 + 100) / 2, score.Values()["f1"], 1e-9);
        Assert.DoesNotContain("popular.f1", score.Values().Keys);
        Assert.Contains("popular has no file of labels; its 2 answers are left out, and f1 is the mean of the other splits", score.Notes);
    }

    [Fact]
    public void Score_MmBenchWithMoreColumnsInAnotherOrder_IsTheSame()
    {
        string[] rows = ["answer\tdifficulty\tB\tA\tquestion\tindex", "A\thard\tdog\tcat\t\"Which\tone?\"\t1", "B\teasy\tcat\tdog\tWhich one?\t1000001"];
        _folder.Write("mmbench/mmbench_dev_20230712.tsv", string.Join("\r\n", rows));
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 1, \"text\": \"A\"}\n{\"question_id\": 1000001, \"text\": \"B\"}");

        Assert.Equal(100, EvalFixtures.Score("mmbench", EvalProfile.Llava, answers, new DataFolder(_folder.Path)).Values()["accuracy_circular"]);
    }

    [Fact]
    public void Questions_MmeWithoutLlavasFile_AreMadeFromTheFolder()
    {
        _folder.Write("MME/MME_Benchmark_release_version/OCR/1.txt", "Is it?  Please answer yes or no.\tYes\nIs it not? Please answer yes or no.\tNo\n");
        DataFolder data = new(_folder.Path);

        string[] Ask(EvalProfile profile) => [.. EvalFixtures.Benchmark("mme").Questions(data, profile).Select(q => $"{q.Id} {q.Text.Split('\n')[0]}|")];

        Assert.Equal(["OCR/1.jpg Is it?|", "OCR/1.jpg Is it not?|"], Ask(EvalProfile.Llava));
        Assert.Equal(["OCR/1.jpg Is it? |", "OCR/1.jpg Is it not?|"], Ask(EvalProfile.Lmms));
    }

    [Fact]
    public void Check_TruthBroken_IsNamed()
    {
        DataFolder data = CopyData(text => text);
        string path = data.At("vqav2", "v2_mscoco_val2014_annotations.json");
        Assert.Equal("4 questions, 2 pictures, 2 of them missing", DatasetCheck.Of(EvalFixtures.Benchmark("vqav2"), data, EvalProfile.Llava).Summary);

        File.WriteAllText(path, "{\"annotations\": [{\"question_id\": 1, \"answers\": []}]}");
        Assert.Equal($"{path} line 1: answers: expected at least one text, found none.", DatasetCheck.Of(EvalFixtures.Benchmark("vqav2"), data, EvalProfile.Llava).Summary);

        File.Delete(path);
        DatasetCheck check = DatasetCheck.Of(EvalFixtures.Benchmark("vqav2"), data, EvalProfile.Llava);
        Assert.Equal("4 questions, 2 pictures, 2 of them missing", check.Summary);
        Assert.Equal([true, false, false], check.Parts.Select(part => part.IsThere));
    }

    [Fact]
    public void Score_GqaUnbalancedAnswersUnderLmms_AreTrimmedAsTheOthers()
    {
        const string unbalanced = "{\"answer\": \"Dog\", \"isBalanced\": false}";
        const string balanced = "{\"answer\": \"T-shirt\", \"entailed\": [\"2\"], \"groups\": {\"global\": \"clothing\"}}";
        _folder.Write("gqa/data/testdev_balanced_questions.json", $"{{\"1\": {balanced}, \"2\": {unbalanced}}}");
        string answers = _folder.Write("a.jsonl", "{\"question_id\": \"1\", \"text\": \"t-shirt\"}\n{\"question_id\": \"2\", \"text\": \" dog\"}\n");

        IReadOnlyDictionary<string, double> values = EvalFixtures.Score("gqa", EvalProfile.Lmms, answers, new DataFolder(_folder.Path)).Values();

        Assert.Equal((100, 0), (values["consistency"], values["distribution"])); // truths are normalised as predictions are
    }

    [Theory]
    [InlineData("scienceqa", "accuracy_img")]
    [InlineData("mmbench", "accuracy_circular")]
    [InlineData("pope", "f1")]
    [InlineData("mme", "perception")]
    public void Score_MainMetric_IsThePublishedOne(string benchmark, string metric) =>
        Assert.All(Enum.GetValues<EvalProfile>(), profile => Assert.Equal(metric, EvalFixtures.Score(benchmark, profile).Metrics[0].Name));

    private static void AssertSame(Score expected, Score found)
    {
        Assert.Equal(expected.Values(), found.Values());
        Assert.Equal(expected.Counts, found.Counts);
    }

    /// <summary>The fixtures' text files, changed.</summary>
    private DataFolder CopyData(Func<string, string> change)
    {
        string target = _folder.At("data");
        foreach (string file in Directory.GetFiles(EvalFixtures.Data.Root, "*", SearchOption.AllDirectories).Where(file => TextFile().IsMatch(file)))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(EvalFixtures.Data.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, change(File.ReadAllText(file)), new UTF8Encoding(false));
        }

        return new DataFolder(target);
    }

    [GeneratedRegex(@"\.(json|jsonl|tsv|txt)$")]
    private static partial Regex TextFile();

    [GeneratedRegex(@"(""question_id"": )([0-9]+)")]
    private static partial Regex NumberId();

    [GeneratedRegex(@"(""question_id"": )""([0-9]+)""")]
    private static partial Regex QuotedId();
}
