using System.Reflection;
using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Every vector that the official scripts confirmed.</summary>
public sealed class MetricVectorTests
{
    private const string File = "metric_vectors.json";

    /// <summary>The vectors are written with six digits.</summary>
    private const double Written = 1e-6;

    public static TheoryData<string> Copies => [.. SpecVectors.Files];

    [Fact]
    public void Sections_OfEveryFile_AreRunByATest()
    {
        IEnumerable<(string, string)> run = typeof(MetricVectorTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<VectorsAttribute>()).Select(vectors => (vectors.File, vectors.Section));

        Assert.Empty(SpecVectors.Files.SelectMany(file => SpecVectors.Sections(file).Select(section => (file, section))).Except(run));
    }

    [SkippableTheory]
    [MemberData(nameof(Copies))]
    public void Copy_SharedFolderPresent_EqualsIt(string file) =>
        Assert.Equal(System.IO.File.ReadAllBytes(Testing.Golden.Spec(file)), System.IO.File.ReadAllBytes(SpecVectors.Copy(file)));

    [Theory]
    [Vectors("answer_normalization_vectors.json", "cases")]
    public void Normalizer_Vector_GivesExpectedText(JsonElement row)
    {
        string input = row.Text("input");

        Assert.Equal(
            [row.Text("official_vqa"), row.Text("m4c_evalai"), row.Text("lmms_vqav2"), row.Text("gqa_llava")],
            [AnswerNormalizer.Official(input), AnswerNormalizer.M4c(input), AnswerNormalizer.LmmsVqaV2(input), AnswerNormalizer.GqaLlava(input)]);
    }

    [Theory]
    [Vectors(File, "vqa_accuracy")]
    public void VqaAccuracy_Vector_GivesExpectedShare(JsonElement row)
    {
        (string prediction, string[] answers) = (row.Text("prediction"), row.Texts("answers"));

        Assert.Equal(row.GetProperty("official").GetDouble(), VqaAccuracy.Official(prediction, answers), 1e-12);
        Assert.Equal(row.GetProperty("m4c").GetDouble(), VqaAccuracy.M4c(prediction, answers), 1e-12);
        Assert.Equal(row.GetProperty("lmms_vqav2").GetDouble(), VqaAccuracy.LmmsVqaV2(prediction, answers), 1e-12);
    }

    [Theory]
    [Vectors(File, "pope_parse")]
    public void PopeParser_Vector_GivesExpectedWord(JsonElement row) => Assert.Equal(
        (row.Text("llava_parsed"), row.Text("lmms_value")),
        (YesNoParser.PopeLlava(row.Text("text")), YesNoParser.PopeLmms(row.Text("text"))));

    [Theory]
    [Vectors(File, "mme_parse")]
    public void MmeParser_Vector_GivesExpectedWord(JsonElement row) => Assert.Equal(
        (row.Text("mme_toolkit"), row.Text("lmms")),
        (YesNoParser.MmeToolkit(row.Text("text")), YesNoParser.MmeLmms(row.Text("text"))));

    [Theory]
    [Vectors(File, "pope_metrics")]
    public void YesNoCounts_Vector_GivesExpectedMetrics(JsonElement vector)
    {
        JsonElement expected = vector.GetProperty("expected");
        double Value(string name) => expected.GetProperty(name).GetDouble();
        double Pairs(string prediction, string label) => vector.GetProperty("pairs_prediction_label").EnumerateArray()
            .Where(pair => pair[0].GetString() == prediction && pair[1].GetString() == label).Sum(pair => pair[2].GetDouble());

        YesNoCounts counts = new(Pairs("yes", "yes"), Pairs("yes", "no"), Pairs("no", "no"), Pairs("no", "yes"));

        Assert.Equal(
            (Value("tp"), Value("fp"), Value("tn"), Value("fn")), (counts.TruePositive, counts.FalsePositive, counts.TrueNegative, counts.FalseNegative));
        Assert.Equal(Value("accuracy"), counts.Accuracy, Written);
        Assert.Equal(Value("precision"), counts.Precision, Written);
        Assert.Equal(Value("recall"), counts.Recall, Written);
        Assert.Equal(Value("f1"), counts.F1, Written);
        Assert.Equal(Value("yes_ratio"), counts.YesRatio, Written);
    }

    [Fact]
    public void YesNoCounts_Empty_IsZeroEverywhere()
    {
        YesNoCounts none = new(0, 0, 0, 0);

        Assert.Equal([0, 0, 0, 0, 0], [none.Accuracy, none.Precision, none.Recall, none.F1, none.YesRatio]);
    }

    [Theory]
    [Vectors(File, "scienceqa")]
    public void ScienceQaParser_Vector_GivesExpectedOption(JsonElement row)
    {
        int answer = row.GetProperty("answer_index").GetInt32();
        int index = ScienceQaParser.Llava(row.Text("text"), row.GetProperty("num_choices").GetInt32());

        Assert.Equal(row.GetProperty("llava_index").GetInt32(), index);
        Assert.Equal(row.GetProperty("llava_correct").GetBoolean(), index == answer);
        Assert.Equal(row.GetProperty("lmms_correct").GetBoolean(), ScienceQaParser.LmmsIsCorrect(row.Text("text"), answer));
    }

    [Theory]
    [Vectors(File, "anls")]
    public void Anls_Vector_GivesExpectedSimilarity(JsonElement row)
    {
        (string prediction, string[] references) = (row.Text("prediction"), row.Texts("references"));

        Assert.Equal(row.GetProperty("lmms").GetDouble(), Anls.Lmms(prediction, references), Written);
        Assert.Equal(row.GetProperty("m4c_stvqa").GetDouble(), Anls.M4cStVqa(prediction, references), Written);
    }

    [Theory]
    [Vectors(File, "chartqa_relaxed")]
    public void RelaxedAccuracy_Vector_GivesExpectedVerdict(JsonElement row)
    {
        (string prediction, string target) = (row.Text("prediction"), row.Text("target"));

        Assert.Equal(row.GetProperty("lmms").GetBoolean(), RelaxedAccuracy.IsCorrect(prediction, target));
        Assert.Equal(row.GetProperty("qwen_vl_swapped").GetBoolean(), RelaxedAccuracy.IsCorrectSwapped(prediction, target));
    }

    [Theory]
    [Vectors(File, "mmbench_infer")]
    public void OptionReader_Vectors_GiveExpectedLetters(JsonElement vectors)
    {
        Dictionary<string, string> options =
            vectors.GetProperty("options").EnumerateObject().ToDictionary(o => o.Name, o => o.Value.GetString()!);

        Assert.All(
            vectors.GetProperty("cases").EnumerateArray(),
            row => Assert.Equal(row.GetProperty("inferred").GetString(), OptionReader.Read(row.Text("text"), options)));
    }

    [Theory]
    [Vectors(File, "textvqa_prompt_question")]
    public void TextVqaPrompt_Vector_GivesExpectedQuestion(JsonElement row) =>
        Assert.Equal(row.Text("question"), TextVqaPrompt.Question(row.Text("prompt")));

    [Theory]
    [InlineData("What is this?")]
    [InlineData("a\nb\nc")]
    [InlineData("Reference OCR token: a\nb\nc\nd")]
    [InlineData("OCR tokens: a")]
    public void TextVqaPrompt_OtherForm_HasNone(string prompt) => Assert.Null(TextVqaPrompt.Question(prompt));

    // Worked by hand from the rule of benchmarks.md section 10: kinds by weight, the latest place within a kind.
    [Theory]
    [InlineData("Answer:B", "B")] // at the end, and behind a phrase
    [InlineData("B", "B")]
    [InlineData("'C'.", "C")] // quotes and the period are trimmed
    [InlineData("(A) or (C), I say", "C")] // two of a kind: the later
    [InlineData("(A) is B: no", "A")] // brackets before a colon
    [InlineData("A or B", "A")] // the start before the end
    [InlineData("it may be A or B", "B")]
    [InlineData("I think the answer is B, not (C), dear", "C")] // behind the phrase every letter counts, the latest wins
    [InlineData("see B: or C) there", "B")]
    [InlineData("see B or xC) there", "C")]
    [InlineData("the Bird sang", "B")] // anywhere, since nothing else is there
    [InlineData("Dog", null)] // D is no option
    [InlineData("b", null)]
    [InlineData(" .,", null)]
    public void StaticOptionReader_Text_TakesTheMostTellingPlace(string text, string? expected) =>
        Assert.Equal(expected, StaticOptionReader.Read(text, ["A", "B", "C"]));
}
