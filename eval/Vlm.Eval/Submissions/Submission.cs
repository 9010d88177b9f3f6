using System.Text.Encodings.Web;
using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Submissions;

/// <summary>Answers in the form that a benchmark's evaluation server takes.</summary>
public static class Submission
{
    /// <summary>Its converter counts lines that are no JSON and goes on; the others stop.</summary>
    private const string SkipsMalformed = "vqav2_testdev";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writers by benchmark; each gives the number of questions.</summary>
    private static readonly Dictionary<string, Func<DataFolder, AnswerIndex, string, int>> Writers = new()
    {
        [SkipsMalformed] = VqaV2,
        ["vizwiz_test"] = VizWiz,
        ["mmbench"] = (data, answers, path) => MmBenchSheet.Write(MmBench.English.Rows(data), answers, path),
        ["mmbench_cn"] = (data, answers, path) => MmBenchSheet.Write(MmBench.Chinese.Rows(data), answers, path),
        ["mmvet"] = MmVet,
    };

    /// <summary>Writes the file beside its place, then renames it.</summary>
    /// <returns>What it holds.</returns>
    /// <exception cref="ArgumentException">The benchmark has no server.</exception>
    /// <exception cref="InvalidDataException">Answers are missing where the server refuses that, malformed, or of another benchmark.</exception>
    public static SubmissionCounts Write(string benchmark, DataFolder data, AnswerFile answers, string path)
    {
        Func<DataFolder, AnswerIndex, string, int> writer = Writers.GetValueOrDefault(benchmark)
            ?? throw new ArgumentException($"benchmark: expected {string.Join(", ", Writers.Keys)}, found '{benchmark}'.");
        if (answers.Malformed is [var first, ..] && benchmark != SkipsMalformed)
        {
            throw new InvalidDataException(first);
        }

        string draft = path + ".tmp";
        AnswerIndex index = new(answers);
        try
        {
            File.Delete(draft);
            int questions = writer(data, index, draft);
            answers.RefuseStrangers(benchmark, index.Found);
            File.Move(draft, path, overwrite: true);
            return new SubmissionCounts(questions, index.Found, answers.Answers.Count - index.Found, answers.Malformed.Count);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Every question of test2015; those not asked are empty, as in LLaVA's converter.</summary>
    private static int VqaV2(DataFolder data, AnswerIndex answers, string path) => WriteJson(path, Questions(data, "vqav2/llava_vqav2_mscoco_test2015.jsonl").Select(record => new
    {
        question_id = record.Number("question_id"),
        answer = answers[record.Id("question_id").Text] is { } answer ? AnswerNormalizer.M4c(answer.Text) : "",
    }));

    private static int VizWiz(DataFolder data, AnswerIndex answers, string path) => WriteJson(path, Questions(data, "vizwiz/llava_test.jsonl").Select(record => new
    {
        image = record.Text("image"),
        answer = AnswerNormalizer.M4c((answers[record.Id("question_id").Text]
            ?? throw record.Error("question_id", "an answer", "none to " + record.Id("question_id"))).Text),
    }));

    /// <summary>The answers that are there, by <c>v1_</c> and question.</summary>
    private static int MmVet(DataFolder data, AnswerIndex answers, string path)
    {
        string[] ids = [.. Questions(data, "mm-vet/llava-mm-vet.jsonl", "mmvet/llava-mm-vet.jsonl").Select(record => record.Id("question_id").Text)];
        IEnumerable<(string Id, Answer? Answer)> found = ids.Select(id => (id, answers[id]));
        Dictionary<string, string> content = found.Where(pair => pair.Answer is not null).ToDictionary(pair => $"v1_{pair.Id}", pair => pair.Answer!.Text);
        File.WriteAllText(path, JsonSerializer.Serialize(content, Json));
        return ids.Length;
    }

    private static IEnumerable<JsonRecord> Questions(DataFolder data, params string[] files) => JsonRecords.Lines(data.File(files)).Unique("question_id");

    private static int WriteJson<T>(string path, IEnumerable<T> rows)
    {
        T[] all = [.. rows];
        File.WriteAllText(path, JsonSerializer.Serialize(all, Json));
        return all.Length;
    }
}
