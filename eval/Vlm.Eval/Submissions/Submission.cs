using System.Text.Encodings.Web;
using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Submissions;

/// <summary>Answers in the form that a benchmark's evaluation server takes.</summary>
public static class Submission
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, Action<DataFolder, AnswerIndex, string>> Writers = new()
    {
        ["vqav2_testdev"] = VqaV2,
        ["vizwiz_test"] = VizWiz,
        ["mmbench"] = (data, answers, path) => MmBench(data.File("mmbench/mmbench_dev_20230712.tsv"), answers, path),
        ["mmbench_cn"] = (data, answers, path) =>
            MmBench(data.File("mmbench_cn/mmbench_dev_cn_20231003.tsv", "mmbench/mmbench_dev_cn_20231003.tsv"), answers, path),
        ["mmvet"] = MmVet,
    };

    /// <summary>Writes the file beside its place, then renames it.</summary>
    /// <exception cref="ArgumentException">The benchmark has no server.</exception>
    /// <exception cref="InvalidDataException">Answers are missing where the server refuses that.</exception>
    public static void Write(string benchmark, DataFolder data, AnswerFile answers, string path)
    {
        Action<DataFolder, AnswerIndex, string> writer = Writers.GetValueOrDefault(benchmark)
            ?? throw new ArgumentException($"benchmark: expected {string.Join(", ", Writers.Keys)}, found '{benchmark}'.");
        string draft = path + ".tmp";
        File.Delete(draft);
        writer(data, new AnswerIndex(answers), draft);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Every question of test2015; those not asked are empty, as in LLaVA's converter.</summary>
    private static void VqaV2(DataFolder data, AnswerIndex answers, string path) => WriteJson(path,
        JsonRecords.Lines(data.File("vqav2/llava_vqav2_mscoco_test2015.jsonl")).Select(record => new
        {
            question_id = record.Number("question_id"),
            answer = answers[record.Id("question_id").Text] is { } answer ? AnswerNormalizer.M4c(answer.Text) : "",
        }));

    private static void VizWiz(DataFolder data, AnswerIndex answers, string path) => WriteJson(path,
        JsonRecords.Lines(data.File("vizwiz/llava_test.jsonl")).Select(record => new
        {
            image = record.Text("image"),
            answer = AnswerNormalizer.M4c((answers[record.Id("question_id").Text]
                ?? throw record.Error("question_id", "an answer", "none to " + record.Id("question_id"))).Text),
        }));

    /// <summary>The columns that LLaVA's converter keeps, the prediction as the seventh.</summary>
    private static void MmBench(string tsv, AnswerIndex answers, string path)
    {
        IEnumerable<IReadOnlyList<object?>> rows = TsvFile.Read(tsv, "index", "question", "A", "B").Select(row => (IReadOnlyList<object?>)
        [
            row.Number("index"), row.Text("question"), row.Optional("A"), row.Optional("B"), row.Optional("C"), row.Optional("D"),
            answers[row.Text("index")]?.Text, row.Optional("answer"), row.Optional("split"),
        ]);
        XlsxWriter.Write(path, rows.Prepend(["index", "question", "A", "B", "C", "D", "prediction", "answer", "split"]));
    }

    private static void MmVet(DataFolder data, AnswerIndex answers, string path) => WriteJson(path,
        JsonRecords.Lines(data.File("mm-vet/llava-mm-vet.jsonl", "mmvet/llava-mm-vet.jsonl")).Select(record => record.Id("question_id").Text)
            .Where(id => answers[id] is not null).ToDictionary(id => $"v1_{id}", id => answers[id]!.Text));

    private static void WriteJson(string path, object content) => File.WriteAllText(path, JsonSerializer.Serialize(content, Json));
}
