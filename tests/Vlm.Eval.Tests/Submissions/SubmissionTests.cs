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
        string answers = _folder.Write("a.jsonl", "{\"question_id\": 8, \"text\": \"The Dog's\"}\n");

        Submission.Write("vqav2_testdev", new DataFolder(_folder.Path), AnswerFile.Read(answers), _folder.At("up.json"));

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

        using ZipArchive zip = ZipFile.OpenRead(_folder.At("up.xlsx"));
        using Stream sheet = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        XElement root = XElement.Load(sheet);
        string[][] rows = [.. root.Descendants(root.Name.Namespace + "row").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Equal(["index", "question", "A", "B", "C", "D", "prediction", "answer", "split"], rows[0]);
        Assert.Equal(["1", "What is \"it\"?", "a red cat", "dog", "bird", "fish", "A", "A", "dev"], rows[1]);
        Assert.Equal(6, rows.Length);
    }

    [Fact]
    public void Write_MmVet_NamesAnswersByVersion()
    {
        Submission.Write("mmvet", EvalFixtures.Data, AnswerFile.Read(EvalFixtures.AnswerPath("mmvet")), _folder.At("up.json"));

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_folder.At("up.json")));
        Assert.Equal("It is 5.", document.RootElement.GetProperty("v1_0").GetString());
    }
}
