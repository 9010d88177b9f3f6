using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>DocVQA validation (Mathew et al., 2021; benchmarks.md section 13). The profile llava scores with its m4c evaluator's ANLS.</summary>
internal sealed class DocVqa : IBenchmark
{
    private const string TruthFile = "docvqa/val_v1.0.json";
    private const string Pictures = "docvqa";

    public string Name => "docvqa";

    public IReadOnlyList<DataPart> Parts { get; } = [new(TruthFile, PartUse.Both), new(Pictures + "/documents/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms ? 32 : null;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        JsonRecords.Array(data.File(TruthFile), "data").Unique("questionId").Select(record => new Question
        {
            Key = record.Id("questionId").Text,
            Id = record.Id("questionId"),
            Text = record.Text("question") + Prompts.Short,
            Picture = Picture.File(data.At(Pictures), record.Text("image")),
        });

    public Scorer OpenScorer(DataFolder data)
    {
        (string Id, string[] Answers)[] truths =
            [.. JsonRecords.Array(data.File(TruthFile), "data").Unique("questionId").Select(record => (record.Id("questionId").Text, record.Texts("answers")))];
        return request =>
        {
            Tally tally = new(Name, request, MissingRule.Empty);
            AnswerIndex answers = new(request.Answers);
            foreach ((string id, string[] references) in truths)
            {
                tally.Judge(id, answers[id], text => [("anls", tally.IsLmms ? Anls.Lmms(text, references) : Anls.M4cStVqa(text, references))]);
            }

            return tally.Finish([Metric.Percent("anls")], answers.Found);
        };
    }
}
