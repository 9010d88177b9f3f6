using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>OK-VQA validation (Marino et al., 2019; benchmarks.md section 12). LLaVA publishes nothing: its profile scores as the toolkit.</summary>
internal sealed class OkVqa : IBenchmark
{
    private const string QuestionFile = "okvqa/OpenEnded_mscoco_val2014_questions.json";
    private const string TruthFile = "okvqa/mscoco_val2014_annotations.json";
    private const string Pictures = "okvqa/val2014";
    private const string SharedPictures = "vqav2/val2014";

    public string Name => "okvqa";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(QuestionFile, PartUse.Run), new(TruthFile, PartUse.Score), new(Pictures + "/", PartUse.Run, SharedPictures + "/")];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms ? 1024 : null;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        VqaAnnotations.Questions(data.File(QuestionFile), data.Folder(Pictures, SharedPictures), Prompts.Unanswerable);

    public Scorer OpenScorer(DataFolder data)
    {
        VqaAnnotations.Truth[] truths = VqaAnnotations.Read(data.File(TruthFile));
        return request =>
        {
            Tally tally = new(Name, request, MissingRule.Empty);
            AnswerIndex answers = new(request.Answers);
            foreach (VqaAnnotations.Truth truth in truths)
            {
                tally.Judge(truth.Id, answers[truth.Id], text =>
                    [("accuracy", tally.IsLmms ? VqaAccuracy.M4c(text, truth.Answers) : VqaAccuracy.Official(text, truth.Answers))]);
            }

            return tally.Finish([Metric.Percent("accuracy")], answers.Found);
        };
    }
}
