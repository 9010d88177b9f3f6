using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>VQAv2 validation (Goyal et al., 2017; benchmarks.md section 3).</summary>
internal sealed class VqaV2 : IBenchmark
{
    private const string QuestionFile = "vqav2/v2_OpenEnded_mscoco_val2014_questions.json";
    private const string TruthFile = "vqav2/v2_mscoco_val2014_annotations.json";
    private const string Pictures = "vqav2/val2014";

    public string Name => "vqav2";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(QuestionFile, PartUse.Run), new(TruthFile, PartUse.Score), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 16;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        VqaAnnotations.Questions(data.File(QuestionFile), data.At(Pictures), Prompts.Short);

    public Scorer OpenScorer(DataFolder data)
    {
        VqaAnnotations.Truth[] truths = VqaAnnotations.Read(data.File(TruthFile));
        return request => Score(truths, request);
    }

    private Score Score(VqaAnnotations.Truth[] truths, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Empty, skipsMalformed: request.Profile == EvalProfile.Llava);
        AnswerIndex answers = new(request.Answers);
        foreach (VqaAnnotations.Truth truth in truths)
        {
            tally.Judge(truth.Id, answers[truth.Id], text =>
            {
                // LLaVA uploads m4c's text and the server normalises it again.
                double accuracy = tally.IsLmms
                    ? VqaAccuracy.LmmsVqaV2(text, truth.Answers)
                    : VqaAccuracy.Official(AnswerNormalizer.M4c(text), truth.Answers);
                return [("accuracy", accuracy), (truth.AnswerType.Replace('/', '_'), accuracy)];
            });
        }

        return tally.Finish([.. tally.Units.Columns.Where(name => name.Length > 0).Select(Metric.Percent)], answers.Found);
    }
}
