using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>The line of an answer as LLaVA's scripts write it, plus a checksum. The same question, setting and text give the same bytes.</summary>
internal static class AnswerLine
{
    private const int IdLength = 22;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Id of the answer to a question under a setting; random in LLaVA's scripts, but resuming must know it again.</summary>
    public static string AnswerId(string benchmark, string merge, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{benchmark}\n{merge}\n{key}")))[..IdLength];

    /// <summary>Writes a line, without its end.</summary>
    /// <param name="question">The question.</param>
    /// <param name="position">Its place among the benchmark's questions.</param>
    /// <param name="text">The answer.</param>
    /// <param name="answerId">See <see cref="AnswerId"/>.</param>
    /// <param name="modelId">Name of the model.</param>
    public static string Write(Question question, int position, string text, string answerId, string modelId)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Relaxed))
        {
            writer.WriteStartObject();
            question.Id.Write(writer, "question_id");
            writer.WriteString("prompt", question.LinePrompt);
            writer.WriteString("text", text);
            foreach ((string name, JsonNode? value) in question.Extras)
            {
                writer.WritePropertyName(name);
                (value ?? JsonValue.Create(""))!.WriteTo(writer);
            }

            writer.WriteString("answer_id", answerId);
            writer.WriteString("model_id", modelId);
            writer.WriteStartObject("metadata");
            writer.WriteNumber("position", position);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return LineChecksum.Append(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Id and position of a written line.</summary>
    public static (string AnswerId, long Position) Read(JsonRecord record)
    {
        LineChecksum.Check(record);
        return (record.Text("answer_id"), (record with { Value = record.Optional("metadata") ?? throw record.Error("metadata", "a value", "none") }).Number("position"));
    }
}
