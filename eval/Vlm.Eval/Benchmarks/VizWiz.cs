using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>VizWiz validation (Gurari et al., 2018; benchmarks.md section 5). Question ids are positions in the file, from 0.</summary>
internal sealed class VizWiz : IBenchmark
{
    private const string TruthFile = "vizwiz/val.json";
    private const string Pictures = "vizwiz/val";

    public string Name => "vizwiz";

    public IReadOnlyList<DataPart> Parts { get; } = [new(TruthFile, PartUse.Both), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 1024;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        JsonRecords.Array(data.File(TruthFile)).Select((record, i) => new Question
        {
            Key = $"{i}",
            Id = QuestionId.Of(i),
            Text = (profile == EvalProfile.Lmms ? Prompts.Capitalize(record.Text("question")) : record.Text("question")) + Prompts.Unanswerable,
            Picture = Picture.File(data.At(Pictures), record.Text("image")),
        });

    public Scorer OpenScorer(DataFolder data)
    {
        string[][] truths =
            [.. JsonRecords.Array(data.File(TruthFile)).Select(record => record.Texts("answers", "answer"))];
        return request => Score(truths, request);
    }

    private Score Score(string[][] truths, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Refuse);
        AnswerIndex answers = new(request.Answers);
        foreach ((int i, string[] references) in truths.Index())
        {
            // LLaVA uploads m4c's text and the server normalises it again.
            tally.Judge($"{i}", answers[$"{i}"], text => [("accuracy", tally.IsLmms
                ? VqaAccuracy.M4c(text, references)
                : VqaAccuracy.Official(AnswerNormalizer.M4c(text), references))]);
        }

        return tally.Finish([Metric.Percent("accuracy")], answers.Found);
    }
}
