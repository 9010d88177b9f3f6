using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>Answers that are missing, doubled, malformed or of another benchmark: what the official script does, and never silently.</summary>
public sealed class AnswerRuleTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gqa", "expected an answer to each of 4 questions, as the official script does, found 1 missing")]
    [InlineData("vizwiz", "expected an answer to each of 2 questions, as the official script does, found 1 missing")]
    [InlineData("mme", "expected two answers to each picture of existence, as the official tool does, found 3 answers")]
    public void Score_LlavaAnswerMissing_RefusesWhereTheScriptStops(string benchmark, string message)
    {
        string answers = _folder.Lines("a.jsonl", EvalFixtures.AnswerPath(benchmark), i => i != 0);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EvalFixtures.Score(benchmark, EvalProfile.Llava, answers));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gqa", "accuracy", 50)]
    [InlineData("vizwiz", "accuracy", 50)]
    [InlineData("mme", "existence", 50)] // both pictures keep one right answer of two: 50 + 0
    public void Score_LmmsAnswerMissing_ScoresAnEmptyOne(string benchmark, string metric, double expected)
    {
        string answers = _folder.Lines("a.jsonl", EvalFixtures.AnswerPath(benchmark), i => i != 0);

        Score score = EvalFixtures.Score(benchmark, EvalProfile.Lmms, answers);

        Assert.Equal(1, score.Counts.Missing);
        Assert.Contains(score.Notes, note => note.StartsWith("1 of", StringComparison.Ordinal) && note.Contains("no answer line", StringComparison.Ordinal));
        Assert.Equal(expected, score.Values()[metric], 1e-9);
    }

    [Fact]
    public void Score_PopeAnswerMissing_ShiftsTheRestAsTheScriptDoes()
    {
        // Labels of random: yes, no, yes. Without the first answer, "No, ..." meets yes and "no" meets no.
        string answers = _folder.Lines("a.jsonl", EvalFixtures.AnswerPath("pope"), i => i != 2);

        Score score = EvalFixtures.Score("pope", EvalProfile.Llava, answers);

        Assert.Equal(50, score.Values()["random.accuracy"], 1e-9);
        Assert.Equal(0, score.Values()["random.f1"], 1e-9);
        Assert.Equal(1, score.Counts.Missing);
        Assert.Contains(score.Notes, note => note.StartsWith("answers of random are not in the order", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vqav2")]
    [InlineData("gqa")]
    [InlineData("textvqa")]
    [InlineData("mme")]
    [InlineData("pope")]
    public void Score_QuestionAnsweredTwice_NamesBothLines(string benchmark)
    {
        string[] lines = File.ReadAllLines(EvalFixtures.AnswerPath(benchmark));
        string answers = _folder.Write("a.jsonl", string.Join('\n', lines.Append(lines[0])));

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EvalFixtures.Score(benchmark, EvalProfile.Llava, answers));

        Assert.Contains($"line {lines.Length + 1}: question_id: expected one answer to each question", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the first on line 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_MalformedLine_IsCountedByVqaV2OnlyUnderLlava()
    {
        string answers = _folder.Write("a.jsonl", File.ReadAllText(EvalFixtures.AnswerPath("vqav2")) + "{\"question_id\": 7\n");

        Score score = EvalFixtures.Score("vqav2", EvalProfile.Llava, answers);

        Assert.Equal(47.5, score.Values()["accuracy"], 1e-9);
        Assert.Contains(score.Notes, note => note.Contains("1 of 3 answer lines are no JSON", StringComparison.Ordinal));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EvalFixtures.Score("vqav2", EvalProfile.Lmms, answers));
        Assert.StartsWith($"{answers} line 4: expected a JSON object, found: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_AnswersOfAnotherBenchmark_AreRefused()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => EvalFixtures.Score("gqa", EvalProfile.Lmms, EvalFixtures.AnswerPath("seed")));

        Assert.EndsWith("line 1: question_id: expected questions of gqa, found 101669 and no other known.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_EmptyAnswer_IsCounted()
    {
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 101669, \"text\": \"\"}\n");

        Assert.Contains(EvalFixtures.Score("seed", EvalProfile.Llava, answers).Notes, note => note.StartsWith("1 of 1 answers are empty", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"question_id\": 1}", "text: expected a value, found none")]
    [InlineData("{\"text\": \"a\"}", "question_id: expected a value, found none")]
    [InlineData("{\"question_id\": [1], \"text\": \"a\"}", "question_id: expected an integer or a text, found [1]")]
    [InlineData("{\"question_id\": 1.0, \"text\": \"a\"}", "question_id: expected an integer or a text, found 1.0")]
    [InlineData("{\"question_id\": 1, \"text\": null}", "text: expected a value, found none")]
    [InlineData("{\"question_id\": 1, \"text\": \"\\ud800\"}", "text: expected UTF-8, found other bytes")]
    [InlineData("{\"question_id\": 1, \"text\": 2}", "text: expected a text, found 2")]
    [InlineData("{\"question_id\":1,\"text\":\"a\",\"checksum\":\"0000000000000000\"}", "checksum: expected 14c7d3661ac5f4f7, found 0000000000000000")]
    public void Read_BadLine_NamesFileLineAndField(string line, string message)
    {
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 0, \"text\": \"ok\", \"extra\": {}}\n\n" + line);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => AnswerFile.Read(answers));

        Assert.Equal($"{answers} line 3: {message}.", error.Message);
    }

    [Fact]
    public void Score_ScienceQaPromptsOfAnotherForm_SaysThatPicturesAreNotKnown()
    {
        string answers = _folder.Write("a.jsonl", "{\"question_id\": \"4\", \"prompt\": \"Which one?\", \"text\": \"A\"}\n");

        Score score = EvalFixtures.Score("scienceqa", EvalProfile.Llava, answers);

        Assert.Equal(["accuracy"], score.Values().Keys);
        Assert.Contains("no answer's prompt has <image>, which tells the official script of a picture; accuracy_img is not known", score.Notes);
    }

    [Fact]
    public void Read_SeedIdAsText_CountsAsMissingUnderLlavaOnly()
    {
        string answers = _folder.Write("a.jsonl", "{\"question_id\": \"101669\", \"text\": \"A\"}\n{\"question_id\": \"v12\", \"text\": \"C\"}\n");

        Assert.Equal(2, EvalFixtures.Score("seed", EvalProfile.Llava, answers).Counts.Missing);
        Assert.Equal(1, EvalFixtures.Score("seed", EvalProfile.Lmms, answers).Counts.Missing);
    }
}
