using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>TextVQA 0.5.1 validation (Singh et al., 2019; benchmarks.md section 7). LLaVA's prompts show the data set's OCR tokens.</summary>
internal sealed class TextVqa : IBenchmark
{
    private const string LlavaFile = "textvqa/llava_textvqa_val_v051_ocr.jsonl";
    private const string TruthFile = "textvqa/TextVQA_0.5.1_val.json";
    private const string Pictures = "textvqa/train_images";

    public string Name => "textvqa";

    public IReadOnlyList<DataPart> Parts { get; } =
        [new(LlavaFile, PartUse.Run), new(TruthFile, PartUse.Both), new(Pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Llava ? 128 : 1024;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => profile == EvalProfile.Llava
        ? LlavaQuestions.Read(data.File(LlavaFile), data.At(Pictures), record => $"{record.Id("question_id")}/{record.Line}")
        : JsonRecords.Array(data.File(TruthFile), "data").Unique("question_id").Select(record => new Question
        {
            Key = record.Id("question_id").Text,
            Id = record.Id("question_id"),
            Text = Prompts.Capitalize(record.Text("question")) + Prompts.Short,
            Picture = Picture.File(data.At(Pictures), record.Text("image_id") + ".jpg"),
        });

    public Scorer OpenScorer(DataFolder data)
    {
        Truth[] truths = [.. JsonRecords.Array(data.File(TruthFile), "data").Unique("question_id").Select(Truth.Read)];
        return request => Score(truths, request);
    }

    private Score Score(Truth[] truths, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.LeaveOut);
        ILookup<string, Truth> byQuestion = truths.ToLookup(truth => truth.Key);
        Dictionary<string, Truth> byId = truths.ToDictionary(truth => truth.Id);
        Dictionary<string, int> numFound = [];
        AnswerIndex answers = new(request.Answers, answer => Find(answer, byQuestion, byId, numFound, request.Answers.Path).Id);
        foreach (Truth truth in truths)
        {
            // As in the script, answers to questions with equal picture and text are all compared with the last of these.
            tally.Judge(truth.Id, answers[truth.Id], text => [("accuracy", VqaAccuracy.M4c(text, byQuestion[truth.Key].Last().Answers))]);
        }

        return tally.Finish([Metric.Percent("accuracy")], answers.Found);
    }

    /// <summary>The question of an answer: the first with its picture and text that has none yet, or the one with its id.</summary>
    private static Truth Find(Answer answer, ILookup<string, Truth> byQuestion, Dictionary<string, Truth> byId, Dictionary<string, int> numFound, string path)
    {
        string? question = answer.Prompt is null ? null : TextVqaPrompt.Question(answer.Prompt);
        Truth[] equal = question is null ? [] : [.. byQuestion[Truth.KeyOf(answer.Id.Text, question)]];
        if (equal.Length > 0)
        {
            int found = numFound[equal[0].Key] = numFound.GetValueOrDefault(equal[0].Key) + 1;
            return equal[Math.Min(found, equal.Length) - 1];
        }

        return byId.GetValueOrDefault(answer.Id.Text) ?? throw new InvalidDataException(
            $"{path} line {answer.Line}: expected a question of {TruthFile} by question_id, or by image id and prompt, " +
            $"found {answer.Id} with {(answer.Prompt is null ? "no prompt" : question ?? "a prompt in no known form")}.");
    }

    private sealed record Truth(string Id, string Key, string[] Answers)
    {
        public static Truth Read(JsonRecord record)
        {
            string[] answers = record.Texts("answers");
            return answers.Length == VqaAccuracy.NumReferences
                ? new Truth(record.Id("question_id").Text, KeyOf(record.Text("image_id"), PythonText.Lower(record.Text("question"))), answers)
                : throw record.Error("answers", $"{VqaAccuracy.NumReferences} texts", $"{answers.Length}");
        }

        public static string KeyOf(string imageId, string lowerQuestion) => $"{imageId}\n{lowerQuestion}";
    }
}
