using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>MM-Vet and LLaVA-Bench (benchmarks.md section 16): a judge model scores them, so only answers and counts are made here.</summary>
internal sealed class JudgedBenchmark(string name, string pictures, params string[] questionFiles) : IBenchmark
{
    /// <summary>MM-Vet (Yu et al., 2023); LLaVA's guide and script name different folders.</summary>
    public static JudgedBenchmark MmVet { get; } =
        new("mmvet", "mm-vet/images", "mm-vet/llava-mm-vet.jsonl", "mmvet/llava-mm-vet.jsonl");

    /// <summary>LLaVA-Bench in the wild (Liu et al., 2023).</summary>
    public static JudgedBenchmark LlavaBench { get; } =
        new("llavabench", "llava-bench-in-the-wild/images", "llava-bench-in-the-wild/questions.jsonl");

    public string Name => name;

    public IReadOnlyList<DataPart> Parts { get; } = [new(questionFiles[0], PartUse.Both, questionFiles.ElementAtOrDefault(1)), new(pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => 1024;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => LlavaQuestions.Read(data.File(questionFiles), data.At(pictures));

    public Scorer OpenScorer(DataFolder data)
    {
        string[] ids = [.. JsonRecords.Lines(data.File(questionFiles)).Select(record => record.Id("question_id").Text)];
        return request =>
        {
            Tally tally = new(name, request, MissingRule.LeaveOut);
            AnswerIndex answers = new(request.Answers);
            foreach (string id in ids)
            {
                tally.Take(id, answers[id]);
            }

            tally.Notes.Add("a judge model scores this benchmark; only the answers are counted here");
            return tally.Finish([], answers.Found);
        };
    }
}
