using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>The files of VQAv2 and OK-VQA.</summary>
internal static class VqaAnnotations
{
    /// <summary>Truth of a question.</summary>
    public sealed record Truth(string Id, string AnswerType, string[] Answers);

    /// <summary>Reads an annotation file.</summary>
    public static Truth[] Read(string path) =>
    [
        .. JsonRecords.Array(path, "annotations").Unique("question_id").Select(record => new Truth(
            record.Id("question_id").Text, record.OptionalText("answer_type") ?? "", record.Texts("answers", "answer"))),
    ];

    /// <summary>Reads a question file with pictures of COCO val2014.</summary>
    public static IEnumerable<Question> Questions(string path, string pictures, string suffix) =>
        JsonRecords.Array(path, "questions").Unique("question_id").Select(record => new Question
        {
            Key = record.Id("question_id").Text,
            Id = record.Id("question_id"),
            Text = record.Text("question") + suffix,
            Picture = Picture.File(pictures, $"COCO_val2014_{record.Number("image_id"):D12}.jpg"),
        });
}
