using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>ChartQA test (Masry et al., 2022; benchmarks.md section 14). Ids are positions from 0, the human questions first.</summary>
internal sealed class ChartQa : IBenchmark
{
    private const string Suffix = "\nAnswer the question with a single word.";
    private const string Pictures = "chartqa/test/png";

    private static readonly string[] Sets = ["human", "augmented"];

    public string Name => "chartqa";

    public IReadOnlyList<DataPart> Parts { get; } =
        [.. Sets.Select(set => new DataPart(FileOf(set), PartUse.Both)), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms ? 16 : null;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => Records(data).Select((row, i) => new Question
    {
        Key = $"{i}",
        Id = QuestionId.Of(i),
        Text = row.Record.Text("query") + Suffix,
        Picture = Picture.File(data.At(Pictures), row.Record.Text("imgname")),
    });

    public Scorer OpenScorer(DataFolder data)
    {
        (string Set, string Label)[] truths = [.. Records(data).Select(row => (row.Set, row.Record.Text("label")))];
        return request =>
        {
            Tally tally = new(Name, request, MissingRule.Empty);
            AnswerIndex answers = new(request.Answers);
            foreach ((int i, (string set, string label)) in truths.Index())
            {
                tally.Judge($"{i}", answers[$"{i}"], text =>
                {
                    double right = RelaxedAccuracy.IsCorrect(text, label) ? 1 : 0;
                    return [("accuracy", right), ($"accuracy_{set}", right)];
                });
            }

            return tally.Finish([.. tally.Units.Columns.Select(Metric.Percent)], answers.Found);
        };
    }

    private static string FileOf(string set) => $"chartqa/test/test_{set}.json";

    private static IEnumerable<(string Set, JsonRecord Record)> Records(DataFolder data) =>
        Sets.SelectMany(set => JsonRecords.Array(data.File(FileOf(set))).Select(record => (set, record)));
}
