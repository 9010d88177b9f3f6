using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>POPE (Li et al., 2023; benchmarks.md section 8). LLaVA's script matches the answers of a split to its labels by order.</summary>
internal sealed class Pope : IBenchmark
{
    private const string LlavaFile = "pope/llava_pope_test.jsonl";
    private const string Pictures = "pope/val2014";

    /// <summary>The first revision's word for "image" in questions with "an"; later files have it corrected.</summary>
    private const string Misspelt = "imange";

    private static readonly string[] Splits = ["random", "popular", "adversarial"];

    public string Name => "pope";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(LlavaFile, PartUse.Both), .. Splits.Select(split => new DataPart(LabelFile(split), PartUse.Score)), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => 128;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => LlavaQuestions.Read(data.File(LlavaFile), data.At(Pictures));

    public Scorer OpenScorer(DataFolder data)
    {
        JsonRecord[] questions = [.. JsonRecords.Lines(data.File(LlavaFile)).Unique("question_id")];
        PopeSplit[] splits =
            [.. Splits.Select(split => Read(split, [.. questions.Where(q => q.Text("category") == split)], data.Find(LabelFile(split))))];
        return splits.Any(split => split.HasLabels)
            ? request => PopeScorer.Score(splits, request)
            : throw new InvalidDataException($"{data.At(LabelFile(Splits[0]))}: expected a file of labels, found none, nor one of the other splits.");
    }

    private static string LabelFile(string split) => $"pope/coco/coco_pope_{split}.json";

    /// <summary>Labels with the ids of their questions, row by row; refuses files of two revisions, whose rows do not belong together.</summary>
    private static PopeSplit Read(string name, JsonRecord[] questions, string? path)
    {
        JsonRecord[] labels = path is null ? [] : [.. JsonRecords.Lines(path)];
        foreach ((JsonRecord question, JsonRecord label) in questions.Zip(labels))
        {
            string asked = question.Text("text").Split('\n')[0];
            if (question.Text("image") != label.Text("image") || Plain(asked) != Plain(label.Text("text")))
            {
                throw label.Error("text", $"'{asked}' about {question.Text("image")}, as {LlavaFile} has it", $"'{label.Text("text")}' about {label.Text("image")}");
            }
        }

        return new PopeSplit(name, [.. questions.Select(q => q.Id("question_id").Text)], [.. labels.Select(IsYes)]);
    }

    private static string Plain(string question) => PythonText.Strip(question).Replace(Misspelt, "image", StringComparison.Ordinal);

    private static bool IsYes(JsonRecord label) => label.Text("label") != "no";
}

/// <summary>A split: ids of its questions in file order, and its labels, none where their file is not there.</summary>
internal sealed record PopeSplit(string Name, string[] Ids, bool[] IsYes)
{
    public bool HasLabels => IsYes.Length > 0;
}
