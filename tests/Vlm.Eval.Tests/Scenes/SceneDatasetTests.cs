using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Eval.Scenes;

namespace Vlm.Eval.Tests.Scenes;

public sealed class SceneDatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scenes-").FullName;

    [Fact]
    public void Write_SameArgumentsTwice_GivesTheSameBytes()
    {
        SceneDataset.Write(Sub("a"), SceneSplit.Test, 30, seed: 3);
        SceneDataset.Write(Sub("b"), SceneSplit.Test, 30, seed: 3);
        SceneDataset.Write(Sub("c"), SceneSplit.Test, 30, seed: 4);
        string[] files = [.. Directory.GetFiles(Sub("a"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Sub("a"), f)).Order()];
        Assert.Equal(10, files.Length); // eight pictures and two lists
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Sub("a"), file)), File.ReadAllBytes(Path.Combine(Sub("b"), file))));
        Assert.NotEqual(File.ReadAllText(Path.Combine(Sub("a"), "questions.json")), File.ReadAllText(Path.Combine(Sub("c"), "questions.json")));
    }

    [Fact]
    public void Write_Lists_HaveTheFieldsOfVqaAndMatch()
    {
        SceneDataset.Write(_folder, SceneSplit.Validation, 21, seed: 0);
        JsonElement[] questions = List("questions.json", "questions");
        JsonElement[] annotations = List("annotations.json", "annotations");
        Assert.Equal(21, questions.Length);
        Assert.Equal(questions.Select(Id), annotations.Select(Id));
        Assert.Equal(21, questions.Select(Id).Distinct().Count());
        Assert.All(questions, q => Assert.True(File.Exists(Path.Combine(_folder, "images", q.GetProperty("image").GetString()!))));
        Assert.All(questions, q => Assert.Contains(q.GetProperty("family").GetString(), SceneFamilies.All));
        Assert.All(annotations, a => Assert.Equal(
            a.GetProperty("multiple_choice_answer").GetString(), a.GetProperty("answers")[0].GetProperty("answer").GetString()));
    }

    [Fact]
    public void Write_Picture_DecodesToWhatWasPainted()
    {
        SceneDataset.Write(_folder, SceneSplit.Test, 1, seed: 1);
        RgbImage painted = ScenePainter.Paint(SceneQuiz.Sheets(SceneSplit.Test, 1).First().Scene);
        RgbImage decoded = ImageDecoder.Decode(File.ReadAllBytes(Directory.GetFiles(Path.Combine(_folder, "images")).Single()), new ImageLimits(), applyExif: true);
        Assert.Equal((painted.Width, painted.Height), (decoded.Width, decoded.Height));
        Assert.Equal(painted.Pixels, decoded.Pixels);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Id(JsonElement item) => item.GetProperty("question_id").GetInt32();

    private string Sub(string name) => Path.Combine(_folder, name);

    private JsonElement[] List(string file, string name) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, file))).RootElement.GetProperty(name).EnumerateArray()];
}
