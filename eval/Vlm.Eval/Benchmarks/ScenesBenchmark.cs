using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>The synthetic scenes of <c>vlm eval make-scenes</c>: exact match, overall and per family of questions.</summary>
internal sealed class ScenesBenchmark : IBenchmark
{
    private const string QuestionFile = "scenes/questions.json";
    private const string TruthFile = "scenes/annotations.json";
    private const int LongestAnswer = 12;

    public string Name => "scenes";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(QuestionFile, PartUse.Both, "questions.json"), new(TruthFile, PartUse.Score, "annotations.json"), new("scenes/images/", PartUse.Run, "images/")];

    public int? MaxTokens(EvalProfile profile) => LongestAnswer;

    public AskSettings Ask(EvalProfile profile) => AskSettings.Auto;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        JsonRecords.Array(data.File(QuestionFile, "questions.json"), "questions").Unique("question_id").Select(record => new Question
        {
            Key = record.Id("question_id").Text,
            Id = record.Id("question_id"),
            Text = record.Text("question"),
            Picture = Picture.File(Path.Combine(Path.GetDirectoryName(record.File)!, "images"), record.Text("image")),
        });

    public Scorer OpenScorer(DataFolder data)
    {
        Dictionary<string, string> families = JsonRecords.Array(data.File(QuestionFile, "questions.json"), "questions")
            .Unique("question_id").ToDictionary(r => r.Id("question_id").Text, r => r.Text("family"));
        (string Id, string Family, string Answer)[] truths =
        [
            .. JsonRecords.Array(data.File(TruthFile, "annotations.json"), "annotations").Unique("question_id").Select(record =>
            {
                string id = record.Id("question_id").Text;
                string family = families.GetValueOrDefault(id) ?? throw record.Error("question_id", $"an id of {QuestionFile}", id);
                return (id, family, record.Text("multiple_choice_answer"));
            }),
        ];
        return request => Score(truths, request);
    }

    private Score Score((string Id, string Family, string Answer)[] truths, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Empty);
        AnswerIndex answers = new(request.Answers);
        foreach ((string id, string family, string truth) in truths)
        {
            tally.Judge(id, answers[id], text =>
            {
                double right = PythonText.Strip(text) == truth ? 1 : 0;
                return [("accuracy", right), (family, right)];
            });
        }

        return tally.Finish([.. tally.Units.Columns.Select(Metric.Percent)], answers.Found);
    }
}
