using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>MME (Fu et al., 2023; benchmarks.md section 9): two questions about each picture.</summary>
internal sealed class Mme : IBenchmark
{
    private const string LlavaFile = "MME/llava_mme.jsonl";
    private const string Release = "MME/MME_Benchmark_release_version";

    public string Name => "mme";

    public IReadOnlyList<DataPart> Parts { get; } = [new(Release + "/", PartUse.Both)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 16;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => profile == EvalProfile.Llava && data.Find(LlavaFile) is { } path
        ? LlavaQuestions.Read(path, data.At(Release), record => $"{record.Text("question_id")}/{record.Line}")
        : MmeFolder.Read(data.At(Release)).Select((question, i) => Ask(question, i, data.At(Release), profile));

    public Scorer OpenScorer(DataFolder data)
    {
        MmeQuestion[] questions = [.. MmeFolder.Read(data.At(Release))];
        return request => MmeScorer.Score(questions, request);
    }

    private static Question Ask(MmeQuestion question, int position, string release, EvalProfile profile)
    {
        string text = PythonText.Strip(question.Text).Replace(MmeScorer.Request, "", StringComparison.Ordinal);
        string picture = question.Picture ?? $"{question.Category}/{Path.ChangeExtension(question.TextFile, ".jpg")}";
        return new Question
        {
            Key = $"{picture}/{position}",
            Id = QuestionId.Of(picture),
            Text = (profile == EvalProfile.Llava ? text.TrimEnd() : text) + Prompts.Short, // LLaVA's file keeps no second blank
            Picture = Picture.File(release, picture),
        };
    }
}
