using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Vlm.Eval.Data;
using Vlm.Eval.Submissions;
using Vlm.Eval.Tests.Benchmarks;

namespace Vlm.Eval.Tests.Submissions;

public sealed class SubmissionTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_VqaV2_HasEveryTestQuestionNormalised()
    {
        _folder.Write("vqav2/llava_vqav2_mscoco_test2015.jsonl", "{\"question_id\": 7, \"image\": \"a.jpg\", \"text\": \"q\"}\n{\"question_id\": 8, \"image\": \"a.jpg\", \"text\": \"q\"}\n");
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 8, \"text\": \"The Dog's\"}\n{\"question_id\": 9, \"text\": \"a\"}\n{\"question_id\": 7,\n");

        SubmissionCounts counts = Submission.Write("vqav2_testdev", new DataFolder(_folder.Path), AnswerFile.Read(answers), _folder.At("up.json"));

        Assert.Equal("1 of 2 questions answered, 1 answers to no question left out, 1 lines that are no JSON skipped", $"{counts}");
        Assert.Equal("[{\"question_id\":7,\"answer\":\"\"},{\"question_id\":8,\"answer\":\"dog 's\"}]", File.ReadAllText(_folder.At("up.json")));
    }

    [Fact]
    public void Write_VizWizAnswerMissing_IsRefusedAndWritesNothing()
    {
        _folder.Write("vizwiz/llava_test.jsonl", "{\"question_id\": 0, \"image\": \"a.jpg\", \"text\": \"q\"}\n");
        string answers = _folder.Write("a.jsonl", "");

        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => Submission.Write("vizwiz_test", new DataFolder(_folder.Path), AnswerFile.Read(answers), _folder.At("up.json")));

        Assert.EndsWith("line 1: question_id: expected an answer, found none to 0.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("up.json")));
    }

    [Fact]
    public void Write_MmBench_IsASheetWithThePredictionAsSeventhColumn()
    {
        Submission.Write("mmbench", EvalFixtures.Data, AnswerFile.Read(EvalFixtures.AnswerPath("mmbench")), _folder.At("up.xlsx"));

        string[][] rows = Rows("up.xlsx");
        Assert.Equal(["index", "question", "A", "B", "C", "D", "prediction", "answer", "split"], rows[0]);
        Assert.Equal(["1", "What is \"it\"?", "a red cat", "dog", "bird", "fish", "A", "A", "dev"], rows[1]);
        Assert.Equal(6, rows.Length);
    }

    [Fact]
    public void Write_MmBenchTestSet_HasNoColumnForTheAnswer()
    {
        _folder.Write("mmbench/mmbench_dev_20230712.tsv", "index\tquestion\thint\tA\tB\tC\tD\timage\tsplit\n7\tq\th\ta\tb\t\t\tx\ttest\n");
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 7, \"text\": \"B\"}\n");

        Submission.Write("mmbench", new DataFolder(_folder.Path), AnswerFile.Read(answers), _folder.At("up.xlsx"));

        string[][] rows = Rows("up.xlsx");
        Assert.Equal(["index", "question", "A", "B", "C", "D", "prediction", "split"], rows[0]);
        Assert.Equal(["7", "q", "a", "b", "B", "test"], rows[1]); // cells of C and D are left out
    }

    [Theory]
    [InlineData("{\"question_id\": 0,\n", "line 1: expected a JSON object, found: ")]
    [InlineData("{\"question_id\": 5, \"text\": \"a\"}\n", "line 1: question_id: expected questions of mmvet, found 5 and no other known.")]
    public void Write_AnswersThatCannotBeMeant_AreRefusedAndNothingWritten(string answers, string message)
    {
        string file = _folder.Write("a.jsonl", answers);

        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => Submission.Write("mmvet", EvalFixtures.Data, AnswerFile.Read(file), _folder.At("up.json")));

        Assert.StartsWith($"{file} {message}", error.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_MmVet_NamesAnswersByVersion()
    {
        Submission.Write("mmvet", EvalFixtures.Data, AnswerFile.Read(EvalFixtures.AnswerPath("mmvet")), _folder.At("up.json"));

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_folder.At("up.json")));
        Assert.Equal("It is 5.", document.RootElement.GetProperty("v1_0").GetString());
    }

    private string[][] Rows(string workbook)
    {
        using ZipArchive zip = ZipFile.OpenRead(_folder.At(workbook));
        using Stream sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        XElement root = XElement.Load(sheet);
        return [.. root.Descendants(root.Name.Namespace + "row").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
    }
}
