using System.Text.Json;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Every vector that the official scripts confirmed.</summary>
public sealed class MetricVectorTests
{
    private const string File = "metric_vectors.json";

    /// <summary>The vectors are written with six digits.</summary>
    private const double Written = 1e-6;

    public static TheoryData<JsonElement> Normalization => SpecVectors.Cases("answer_normalization_vectors.json", "cases");

    public static TheoryData<JsonElement> Accuracy => SpecVectors.Cases(File, "vqa_accuracy");

    public static TheoryData<JsonElement> PopeParse => SpecVectors.Cases(File, "pope_parse");

    public static TheoryData<JsonElement> MmeParse => SpecVectors.Cases(File, "mme_parse");

    public static TheoryData<JsonElement> ScienceQa => SpecVectors.Cases(File, "scienceqa");

    public static TheoryData<JsonElement> AnlsCases => SpecVectors.Cases(File, "anls");

    public static TheoryData<JsonElement> Relaxed => SpecVectors.Cases(File, "chartqa_relaxed");

    public static TheoryData<string> Copies => [.. SpecVectors.Files];

    [SkippableTheory]
    [MemberData(nameof(Copies))]
    public void Copy_SharedFolderPresent_EqualsIt(string file) =>
        Assert.Equal(System.IO.File.ReadAllBytes(Testing.Golden.Spec(file)), System.IO.File.ReadAllBytes(SpecVectors.Copy(file)));

    [Theory]
    [MemberData(nameof(Normalization))]
    public void Normalizer_Vector_GivesExpectedText(JsonElement row)
    {
        string input = row.Text("input");

        Assert.Equal(
            [row.Text("official_vqa"), row.Text("m4c_evalai"), row.Text("lmms_vqav2"), row.Text("gqa_llava")],
            [AnswerNormalizer.Official(input), AnswerNormalizer.M4c(input), AnswerNormalizer.LmmsVqaV2(input), AnswerNormalizer.GqaLlava(input)]);
    }

    [Theory]
    [MemberData(nameof(Accuracy))]
    public void VqaAccuracy_Vector_GivesExpectedShare(JsonElement row)
    {
        (string prediction, string[] answers) = (row.Text("prediction"), row.Texts("answers"));

        Assert.Equal(row.GetProperty("official").GetDouble(), VqaAccuracy.Official(prediction, answers), 1e-12);
        Assert.Equal(row.GetProperty("m4c").GetDouble(), VqaAccuracy.M4c(prediction, answers), 1e-12);
        Assert.Equal(row.GetProperty("lmms_vqav2").GetDouble(), VqaAccuracy.LmmsVqaV2(prediction, answers), 1e-12);
    }

    [Theory]
    [MemberData(nameof(PopeParse))]
    public void PopeParser_Vector_GivesExpectedWord(JsonElement row) => Assert.Equal(
        (row.Text("llava_parsed"), row.Text("lmms_value")),
        (YesNoParser.PopeLlava(row.Text("text")), YesNoParser.PopeLmms(row.Text("text"))));

    [Theory]
    [MemberData(nameof(MmeParse))]
    public void MmeParser_Vector_GivesExpectedWord(JsonElement row) => Assert.Equal(
        (row.Text("mme_toolkit"), row.Text("lmms")),
        (YesNoParser.MmeToolkit(row.Text("text")), YesNoParser.MmeLmms(row.Text("text"))));

    [Fact]
    public void YesNoCounts_Vector_GivesExpectedMetrics()
    {
        JsonElement expected = SpecVectors.Load(File, "pope_metrics").GetProperty("expected");
        double Value(string name) => expected.GetProperty(name).GetDouble();

        YesNoCounts counts = new(Value("tp"), Value("fp"), Value("tn"), Value("fn"));

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
    [MemberData(nameof(ScienceQa))]
    public void ScienceQaParser_Vector_GivesExpectedOption(JsonElement row)
    {
        int answer = row.GetProperty("answer_index").GetInt32();
        int index = ScienceQaParser.Llava(row.Text("text"), row.GetProperty("num_choices").GetInt32());

        Assert.Equal(row.GetProperty("llava_index").GetInt32(), index);
        Assert.Equal(row.GetProperty("llava_correct").GetBoolean(), index == answer);
        Assert.Equal(row.GetProperty("lmms_correct").GetBoolean(), ScienceQaParser.LmmsIsCorrect(row.Text("text"), answer));
    }

    [Theory]
    [MemberData(nameof(AnlsCases))]
    public void Anls_Vector_GivesExpectedSimilarity(JsonElement row)
    {
        (string prediction, string[] references) = (row.Text("prediction"), row.Texts("references"));

        Assert.Equal(row.GetProperty("lmms").GetDouble(), Anls.Lmms(prediction, references), Written);
        Assert.Equal(row.GetProperty("m4c_stvqa").GetDouble(), Anls.M4cStVqa(prediction, references), Written);
    }

    [Theory]
    [MemberData(nameof(Relaxed))]
    public void RelaxedAccuracy_Vector_GivesExpectedVerdict(JsonElement row)
    {
        (string prediction, string target) = (row.Text("prediction"), row.Text("target"));

        Assert.Equal(row.GetProperty("lmms").GetBoolean(), RelaxedAccuracy.IsCorrect(prediction, target));
        Assert.Equal(row.GetProperty("qwen_vl_swapped").GetBoolean(), RelaxedAccuracy.IsCorrectSwapped(prediction, target));
    }

    [Fact]
    public void OptionReader_Vectors_GiveExpectedLetters()
    {
        JsonElement vectors = SpecVectors.Load(File, "mmbench_infer");
        Dictionary<string, string> options =
            vectors.GetProperty("options").EnumerateObject().ToDictionary(o => o.Name, o => o.Value.GetString()!);

        Assert.All(
            vectors.GetProperty("cases").EnumerateArray(),
            row => Assert.Equal(row.GetProperty("inferred").GetString(), OptionReader.Read(row.Text("text"), options)));
    }
}
