using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>ScienceQA test (Lu et al., 2022; benchmarks.md section 6). Published as accuracy over questions with a picture.</summary>
internal sealed class ScienceQa : IBenchmark
{
    private const string LlavaFile = "scienceqa/llava_test_CQM-A.json";
    private const string ProblemFile = "scienceqa/problems.json";
    private const string SplitFile = "scienceqa/pid_splits.json";
    private const string Pictures = "scienceqa/images/test";
    private const string Split = "test";
    private const string ImageMark = "<image>";
    private const string OnPictures = "accuracy_img";
    private const string OnAll = "accuracy";

    public string Name => "scienceqa";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(ProblemFile, PartUse.Both), new(SplitFile, PartUse.Both), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 1024 : 16;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) =>
        profile == EvalProfile.Llava && data.Find(LlavaFile) is { } path
            ? JsonRecords.Array(path).Unique("id").Select(record => FromLlava(record, data))
            : Problems(data).Select(record => Ask(record.Key, Body(record), record.OptionalText("image") is { } image ? $"{record.Key}/{image}" : null, data));

    public Scorer OpenScorer(DataFolder data)
    {
        Problem[] problems = [.. Problems(data).Select(Problem.Read)];
        return request => Score(problems, request);
    }

    private Score Score(Problem[] problems, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Empty);
        AnswerIndex answers = new(request.Answers);
        foreach (Problem problem in problems)
        {
            Answer? answer = answers[problem.Id];
            tally.Judge(problem.Id, answer, text =>
            {
                (bool isRead, bool isRight) = Read(text, problem, tally.IsLmms);
                if (!isRead)
                {
                    tally.Unparsed(answer);
                }

                double right = isRight ? 1 : 0;
                return CountsAsPicture(answer, problem, tally.IsLmms) ? [(OnPictures, right), (OnAll, right)] : [(OnAll, right)];
            });
        }

        if (!tally.Units.Columns.Contains(OnPictures) && problems.Any(problem => problem.HasPicture))
        {
            tally.Notes.Add($"no answer's prompt has {ImageMark}, which tells the official script of a picture; {OnPictures} is not known");
        }

        IEnumerable<string> metrics = tally.Units.Columns.OrderBy(name => name != OnPictures); // the published one first
        return tally.Finish([.. metrics.Select(Metric.Percent)], answers.Found);
    }

    private static (bool IsRead, bool IsRight) Read(string text, Problem problem, bool isLmms)
    {
        if (isLmms)
        {
            return (ScienceQaParser.LmmsCanRead(text), ScienceQaParser.LmmsIsCorrect(text, problem.Answer));
        }

        int index = ScienceQaParser.Llava(text, problem.NumChoices);
        return (index != ScienceQaParser.Failed, index == problem.Answer);
    }

    /// <summary>LLaVA's script asks the stored prompt; answers of other origin have none, so the data decides.</summary>
    private static bool CountsAsPicture(Answer? answer, Problem problem, bool isLmms) =>
        isLmms ? problem.HasPicture : answer is not null && (answer.Prompt?.Contains(ImageMark, StringComparison.Ordinal) ?? problem.HasPicture);

    private static IEnumerable<JsonRecord> Problems(DataFolder data)
    {
        Dictionary<string, JsonRecord> all = JsonRecords.Map(data.File(ProblemFile)).ToDictionary(record => record.Key);
        JsonRecord splits = JsonRecords.Whole(data.File(SplitFile));
        return splits.Texts(Split).Select(id => all.GetValueOrDefault(id) ?? throw splits.Error(Split, $"ids of {ProblemFile}", id));
    }

    private static Question FromLlava(JsonRecord record, DataFolder data)
    {
        string text = PythonText.Strip(record.Texts("conversations", "value")[0].Replace(ImageMark, "", StringComparison.Ordinal));
        return Ask(record.Id("id").Text, text, record.OptionalText("image"), data);
    }

    /// <summary>Hint, question and option lines.</summary>
    private static string Body(JsonRecord record)
    {
        string hint = record.OptionalText("hint") ?? "";
        return (hint.Length > 0 ? $"Context: {hint}\n" : "") + record.Text("question") + "\n" + Prompts.Options(record.Texts("choices"));
    }

    private static Question Ask(string id, string body, string? picture, DataFolder data) => new()
    {
        Key = id,
        Id = QuestionId.Of(id),
        Text = body + Prompts.OptionLetter,
        StoredPrompt = (picture is null ? "" : ImageMark + "\n") + body + Prompts.OptionLetter,
        Picture = picture is null ? null : Picture.File(data.At(Pictures), picture),
    };

    private sealed record Problem(string Id, int NumChoices, int Answer, bool HasPicture)
    {
        public static Problem Read(JsonRecord record)
        {
            int numChoices = record.Texts("choices").Length;
            long answer = record.Number("answer");
            return answer >= 0 && answer < numChoices
                ? new Problem(record.Key, numChoices, (int)answer, record.OptionalText("image") is not null)
                : throw record.Error("answer", $"0 to {numChoices - 1}", $"{answer}");
        }
    }
}
