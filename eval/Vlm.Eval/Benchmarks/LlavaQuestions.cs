using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>LLaVA's own question files: JSON Lines of question_id, image and text, the suffix included.</summary>
internal static class LlavaQuestions
{
    /// <summary>The questions of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">Folder of its pictures.</param>
    /// <param name="key">Unique name of a question; its id when null.</param>
    public static IEnumerable<Question> Read(string path, string pictures, Func<JsonRecord, string>? key = null) =>
        (key is null ? JsonRecords.Lines(path).Unique("question_id") : JsonRecords.Lines(path)).Select(record => new Question
        {
            Key = key?.Invoke(record) ?? record.Id("question_id").Text,
            Id = record.Id("question_id"),
            Text = record.Text("text"),
            Picture = Picture.File(pictures, record.Text("image")),
        });
}
