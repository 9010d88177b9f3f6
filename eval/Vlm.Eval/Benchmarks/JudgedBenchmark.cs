using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>Benchmarks that are scored elsewhere, by a judge model or a server: only their answers are collected and counted here.</summary>
internal sealed class JudgedBenchmark(string name, int maxTokens, string pictures, params string[] questionFiles) : IBenchmark
{
    /// <summary>MM-Vet (Yu et al., 2023); LLaVA's guide and script name different folders.</summary>
    public static JudgedBenchmark MmVet { get; } =
        new("mmvet", 1024, "mm-vet/images", "mm-vet/llava-mm-vet.jsonl", "mmvet/llava-mm-vet.jsonl");

    /// <summary>LLaVA-Bench in the wild (Liu et al., 2023).</summary>
    public static JudgedBenchmark LlavaBench { get; } =
        new("llavabench", 1024, "llava-bench-in-the-wild/images", "llava-bench-in-the-wild/questions.jsonl");

    /// <summary>VQAv2 test-dev; its server takes the file of <c>eval submission</c>.</summary>
    public static JudgedBenchmark VqaV2TestDev { get; } =
        new("vqav2_testdev", 128, "vqav2/test2015", "vqav2/llava_vqav2_mscoco_test-dev2015.jsonl");

    /// <summary>VizWiz test; its server takes the file of <c>eval submission</c>.</summary>
    public static JudgedBenchmark VizWizTest { get; } = new("vizwiz_test", 128, "vizwiz/test", "vizwiz/llava_test.jsonl");

    public string Name => name;

    public IReadOnlyList<DataPart> Parts { get; } = [new(questionFiles[0], PartUse.Both, questionFiles.ElementAtOrDefault(1)), new(pictures + "/", PartUse.Run)];

    public int? MaxTokens(EvalProfile profile) => maxTokens;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile) => LlavaQuestions.Read(data.File(questionFiles), data.At(pictures));

    public Scorer OpenScorer(DataFolder data)
    {
        string[] ids = [.. JsonRecords.Lines(data.File(questionFiles)).Unique("question_id").Select(record => record.Id("question_id").Text)];
        return request =>
        {
            Tally tally = new(name, request, MissingRule.LeaveOut);
            AnswerIndex answers = new(request.Answers);
            foreach (string id in ids)
            {
                tally.Take(id, answers[id]);
            }

            tally.Notes.Add("a judge model or a server scores this benchmark; only the answers are counted here");
            return tally.Finish([], answers.Found);
        };
    }
}
