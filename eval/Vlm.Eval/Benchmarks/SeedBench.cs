using System.Globalization;
using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>SEED-Bench (Li et al., 2023; benchmarks.md section 11). A video question shows its middle frame, as LLaVA does.</summary>
internal sealed class SeedBench : IBenchmark
{
    private const string LlavaFile = "seed_bench/llava-seed-bench.jsonl";
    private const string TruthFile = "seed_bench/SEED-Bench.json";
    private const string Pictures = "seed_bench";

    public string Name => "seed";

    public IReadOnlyList<DataPart> Parts { get; } =
    [
        new(LlavaFile, PartUse.Run), new(TruthFile, PartUse.Score),
        new(Pictures + "/SEED-Bench-image/", PartUse.Run), new(Pictures + "/SEED-Bench-video-image/", PartUse.Run),
    ];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 1024;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => LlavaQuestions.Read(data.File(LlavaFile), data.At(Pictures));

    public Scorer OpenScorer(DataFolder data)
    {
        Truth[] truths = [.. JsonRecords.Array(data.File(TruthFile), "questions").Unique("question_id").Select(Truth.Read)];
        return request => Score(truths, request);
    }

    private Score Score(Truth[] truths, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Empty);
        // The script looks an id up as JSON types it: digits must be an integer in the answers.
        AnswerIndex answers = new(request.Answers, answer => tally.IsLmms ? answer.Id.Text : Typed(answer.Id));
        foreach (Truth truth in truths)
        {
            Answer? answer = answers[tally.IsLmms ? truth.Id : Typed(truth.IdInScript)];
            tally.Judge(truth.Id, answer, text =>
            {
                if (!IsLetter(text, tally.IsLmms))
                {
                    tally.Unparsed(answer);
                }

                double right = (tally.IsLmms ? PythonText.Prefix(text, 1).ToUpperInvariant() : text) == truth.Answer ? 1 : 0;
                return [("accuracy", right), ($"accuracy_{truth.Kind}", right), ($"type.{truth.Type}", right)];
            });
        }

        string[] columns = [.. tally.Units.Columns];
        return tally.Finish([.. columns.OrderBy(c => c.StartsWith("type.", StringComparison.Ordinal)).Select(Metric.Percent)], answers.Found);
    }

    private static bool IsLetter(string text, bool isLmms) =>
        isLmms ? text.Length > 0 && char.ToUpperInvariant(text[0]) is >= 'A' and <= 'D' : text is "A" or "B" or "C" or "D";

    private static string Typed(QuestionId id) => id.IsNumber ? id.Text : $"\"{id.Text}\"";

    private sealed record Truth(string Id, string Answer, string Kind, long Type)
    {
        /// <summary>An integer where the text parses as one.</summary>
        public QuestionId IdInScript => long.TryParse(Id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? QuestionId.Of(number) : QuestionId.Of(Id);

        public static Truth Read(JsonRecord record) => new(
            record.Id("question_id").Text,
            OneOf(record, "answer", "A", "B", "C", "D"),
            OneOf(record, "data_type", "image", "video"),
            record.Number("question_type_id"));

        private static string OneOf(JsonRecord record, string field, params string[] values) =>
            values.Contains(record.Text(field)) ? record.Text(field) : throw record.Error(field, string.Join(" or ", values), record.Text(field));
    }
}
