using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>GQA test-dev, balanced (Hudson and Manning, 2019; benchmarks.md section 4).</summary>
internal sealed class Gqa : IBenchmark
{
    private const string TruthFile = "gqa/data/testdev_balanced_questions.json";
    private const string LlavaFile = "gqa/llava_gqa_testdev_balanced.jsonl";
    private const string Pictures = "gqa/data/images";

    public string Name => "gqa";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(TruthFile, PartUse.Both), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 16;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        profile == EvalProfile.Llava && data.Find(LlavaFile) is { } path
            ? LlavaQuestions.Read(path, data.At(Pictures))
            : JsonRecords.Map(data.File(TruthFile)).Select(record => new Question
            {
                Key = record.Key,
                Id = QuestionId.Of(record.Key),
                Text = record.Text("question") + Prompts.Short,
                Picture = Picture.File(data.At(Pictures), record.Text("imageId") + ".jpg"),
            });

    public Scorer OpenScorer(DataFolder data)
    {
        GqaQuestion[] questions = [.. JsonRecords.Map(data.File(TruthFile)).Select(GqaQuestion.Read)];
        return request => Score(questions, request);
    }

    private Score Score(GqaQuestion[] questions, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Refuse);
        AnswerIndex answers = new(request.Answers);
        Dictionary<string, string> predictions = [];
        foreach (GqaQuestion question in questions)
        {
            Answer? answer = answers[question.Id];
            if (!question.IsBalanced)
            {
                predictions[question.Id] = Normalise(tally.Trim(answer?.Text ?? ""), tally.IsLmms);
            }
            else if (tally.Take(question.Id, answer) is { } text)
            {
                predictions[question.Id] = Normalise(text, tally.IsLmms);
                double right = IsRight(question, predictions, tally.IsLmms) ? 1 : 0;
                tally.Units.Add(question.Id, question.Groups.Prepend("accuracy").Select(name => (name, right)));
            }
        }

        Metric[] metrics = [.. tally.Units.Columns.OrderBy(Rank).Select(Metric.Percent)];
        return tally.Finish(metrics, answers.Found, Whole(questions, predictions, tally.IsLmms));
    }

    /// <summary>The order of the official report: accuracy, binary, open, then the breakdowns by name and number.</summary>
    private static (int, string, int) Rank(string column) => column.Split('.') switch
    {
        ["accuracy"] => (0, "", 0),
        [var kind] => (1, kind, 0),
        [var kind, var value] => int.TryParse(value, out int number) ? (3, kind, number) : (2, column, 0),
        _ => (4, column, 0),
    };

    private static string Normalise(string text, bool isLmms) => isLmms ? AnswerNormalizer.GqaLmms(text) : AnswerNormalizer.GqaLlava(text);

    private static bool IsRight(GqaQuestion question, Dictionary<string, string> predictions, bool isLmms) =>
        predictions[question.Id] == Truth(question, isLmms);

    private static string Truth(GqaQuestion question, bool isLmms) => isLmms ? AnswerNormalizer.GqaLmms(question.Answer) : question.Answer;

    /// <summary>What follows from the whole set: distribution, and consistency where every entailed question was answered.</summary>
    private static Dictionary<string, double> Whole(GqaQuestion[] questions, Dictionary<string, string> predictions, bool isLmms)
    {
        GqaQuestion[] answered = [.. questions.Where(q => q.IsBalanced && predictions.ContainsKey(q.Id))];
        Dictionary<string, double> values = new()
        {
            ["validity"] = 0, // the file of choices is missing in GQA 1.2; the usual patch sets both to 0
            ["plausibility"] = 0,
            ["distribution"] = GqaDistribution.Of(answered.Select(q => (q.GlobalGroup, Truth(q, isLmms), predictions[q.Id]))),
        };
        Dictionary<string, GqaQuestion> all = questions.DistinctBy(q => q.Id).ToDictionary(q => q.Id);
        string[][] entailed = [.. answered.Where(q => IsRight(q, predictions, isLmms)).Select(q => q.Entailed.Where(id => id != q.Id).ToArray())];
        if (entailed.Any(ids => ids.Length > 0) && entailed.All(ids => ids.All(id => all.ContainsKey(id) && predictions.ContainsKey(id))))
        {
            values["consistency"] = 100 * entailed.Where(ids => ids.Length > 0)
                .Average(ids => ids.Average(id => IsRight(all[id], predictions, isLmms) ? 1.0 : 0));
        }

        return values;
    }
}
