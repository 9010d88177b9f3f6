using System.Globalization;
using System.Text.Json;
using Vlm.Core.Imaging;

namespace Vlm.Eval.Scenes;

/// <summary>Writes a scored set as files: <c>images/*.png</c>, <c>questions.json</c>, <c>annotations.json</c>.</summary>
public static class SceneDataset
{
    private const int AnswersPerQuestion = 10; // as VQA's annotations have them
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes the set; the JSON files come last, so a broken-off run is seen as such.</summary>
    /// <param name="folder">Created if absent; files of the same names are replaced.</param>
    /// <param name="split">Which range of seeds.</param>
    /// <param name="count">Number of questions; the last picture may have fewer than the others.</param>
    /// <param name="seed">0 to <see cref="SceneSeeds.MaxSeed"/>.</param>
    /// <param name="progress">Told the number of questions written.</param>
    /// <param name="cancel">Read before every picture.</param>
    public static void Write(
        string folder, SceneSplit split, int count, long seed, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        string images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        List<object> questions = [];
        List<object> annotations = [];
        int imageId = 0;
        foreach (SceneSheet sheet in SceneQuiz.Sheets(split, seed))
        {
            if (questions.Count == count)
            {
                break;
            }

            cancel.ThrowIfCancellationRequested();
            string image = string.Create(CultureInfo.InvariantCulture, $"{SceneWords.Of(split)}-{seed}-{imageId:D6}.png");
            File.WriteAllBytes(Path.Combine(images, image), PngWriter.Write(ScenePainter.Paint(sheet.Scene)));
            foreach (SceneQuestion question in sheet.Questions.Take(count - questions.Count))
            {
                int id = questions.Count;
                questions.Add(new { question_id = id, image_id = imageId, image, question = question.Text, family = question.Family, category = question.Category });
                annotations.Add(Annotation(id, imageId, question.Answer));
            }

            imageId++;
            progress?.Report(questions.Count);
        }

        WriteJson(folder, "questions.json", new { questions });
        WriteJson(folder, "annotations.json", new { annotations });
    }

    private static object Annotation(int id, int imageId, string answer) => new
    {
        question_id = id,
        image_id = imageId,
        multiple_choice_answer = answer,
        answers = Enumerable.Repeat(new { answer }, AnswersPerQuestion),
    };

    private static void WriteJson(string folder, string name, object content) =>
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(content, Json) + "\n");
}
