using System.Text.Json;
using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary><c>./vlm eval score</c> as interface.md section 5 fixes it.</summary>
public sealed class EvalScoreTests : IDisposable
{
    private static readonly string Fixtures = Path.Combine(Golden.Root, "tests", "Vlm.Eval.Tests", "Fixtures");

    private readonly string _folder = Directory.CreateTempSubdirectory("vlm score ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Score_AnswerMissing_WritesTheContractAndSaysSo()
    {
        string json = Path.Combine(_folder, "score.json");

        (int code, string output, string error) = await ScoreAsync("vqav2", Path.Combine(Fixtures, "answers", "vqav2.jsonl"), "--json", json);

        Assert.Equal(0, code);
        Assert.Contains("4 questions, 3 answered, 1 missing, 0 unparsed", output, StringComparison.Ordinal);
        Assert.Contains("1 of 4 questions have no answer line; scored as empty answers.", error, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement root = document.RootElement;
        Assert.Equal(("vqav2", "llava"), (root.GetProperty("benchmark").GetString(), root.GetProperty("profile").GetString()));
        Assert.Equal(47.5, root.GetProperty("metrics").GetProperty("accuracy").GetDouble(), 1e-9);
        Assert.Equal(1, root.GetProperty("counts").GetProperty("missing").GetInt32());
    }

    [Fact]
    public async Task Score_BadAnswerFile_ExitsWithOneLineAndWritesNothing()
    {
        string answers = Path.Combine(_folder, "answers.jsonl");
        File.WriteAllText(answers, "{\"question_id\": \"201\"}\n");

        (int code, _, string error) = await ScoreAsync("gqa", answers, "--json", Path.Combine(_folder, "score.json"));

        Assert.Equal(2, code);
        Assert.Equal($"vlm: {answers} line 1: text: expected a value, found none.\n", error);
        Assert.False(File.Exists(Path.Combine(_folder, "score.json")));
    }

    [Fact]
    public async Task Score_SeveralBenchmarks_TakeOneFileEach()
    {
        string json = Path.Combine(_folder, "score.json");

        (int code, _, _) = await ScoreAsync("gqa,pope", Path.Combine(Fixtures, "answers", "gqa.jsonl"), Path.Combine(Fixtures, "answers", "pope.jsonl"), "--bootstrap", "0", "--json", json);

        Assert.Equal(0, code);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(["gqa", "pope"], document.RootElement.EnumerateArray().Select(score => score.GetProperty("benchmark").GetString()));
    }

    [Fact]
    public async Task Score_NegativeResamples_AreRefused()
    {
        (int code, _, string error) = await ScoreAsync("gqa", Path.Combine(Fixtures, "answers", "gqa.jsonl"), "--bootstrap", "-1");

        Assert.Equal((2, "vlm: --bootstrap: expected 0 to 1000000, found -1. See vlm --help.\n"), (code, error));
    }

    private static async Task<(int ExitCode, string Output, string Error)> ScoreAsync(string benchmark, string answers, params string[] more)
    {
        using VlmProcess vlm = VlmProcess.Start(
            ["eval", "score", "--benchmark", benchmark, "--data", Path.Combine(Fixtures, "data"), "--answers", answers, .. more]);
        return await vlm.EndAsync();
    }
}
