using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Vlm.Api.OpenApi;

/// <summary>Requests and answers of POST /chat to read and to try; a test posts each of them.</summary>
internal static class ChatExamples
{
    /// <summary>A grey PNG of 8 by 8 pixels.</summary>
    public const string Picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAD0lEQVR42mNowAEYhpYEAILzYAEllbNjAAAAAElFTkSuQmCC";

    /// <summary>JSON bodies.</summary>
    public static Dictionary<string, IOpenApiExample> Json() => new()
    {
        ["short"] = Of("A prompt and a picture", new JsonObject
        {
            ["prompt"] = "What colour is this?",
            ["image"] = Picture,
            ["merge"] = "pitome:0.9",
        }),
        ["long"] = Of("A conversation", new JsonObject
        {
            ["messages"] = new JsonArray(
                Turn("user", new JsonArray(
                    new JsonObject { ["type"] = "image", ["image"] = "data:image/png;base64," + Picture },
                    new JsonObject { ["type"] = "text", ["text"] = "What colour is this?" })),
                Turn("assistant", "grey"),
                Turn("user", "Is it dark or light?")),
            ["merge"] = new JsonObject { ["method"] = "pitome", ["profile"] = "released", ["ratio"] = 0.925 },
            ["choices"] = new JsonArray("dark", "light"),
        }),
        ["stream"] = Of("An answer piece by piece", new JsonObject
        {
            ["prompt"] = "Describe the picture.",
            ["images"] = new JsonArray(Picture),
            ["max_tokens"] = 64,
            ["temperature"] = 0.2,
            ["seed"] = 7,
            ["stop"] = new JsonArray("\n\n"),
            ["stream"] = true,
        }),
    };

    /// <summary>Bodies in OpenAI's form.</summary>
    public static Dictionary<string, IOpenApiExample> Completion() => new()
    {
        ["picture"] = Of("A picture, fewer tokens", new JsonObject
        {
            ["messages"] = new JsonArray(Turn("user", new JsonArray(
                new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = "data:image/png;base64," + Picture } },
                new JsonObject { ["type"] = "text", ["text"] = "What colour is this?" }))),
            ["max_completion_tokens"] = 32,
            ["temperature"] = 0,
            ["merge"] = "pitome:0.9",
        }),
        ["json"] = Of("An answer in JSON, streamed", JsonNode.Parse(
            """
            {"messages": [{"role": "user", "content": "Name a colour."}], "stream": true, "stream_options": {"include_usage": true},
             "response_format": {"type": "json_schema", "json_schema": {"name": "colour", "schema": {
               "type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"], "additionalProperties": false}}}}
            """)!),
    };

    /// <summary>A form; the picture stands for an uploaded file.</summary>
    public static Dictionary<string, IOpenApiExample> Form() => new()
    {
        ["upload"] = Of("A prompt and an uploaded picture", new JsonObject
        {
            ["prompt"] = "What colour is this?",
            ["merge"] = "pitome/released:0.9",
            ["max_tokens"] = 16,
            ["image"] = new JsonArray(Picture),
        }),
    };

    /// <summary>An answer.</summary>
    public static JsonNode Answer() => JsonNode.Parse(
        """
        {
          "id": "chat-0123456789abcdef0123456789abcdef", "created": 1790000000, "model": "scenes", "answer": "grey", "finish_reason": "stop",
          "usage": {
            "prompt_tokens": 72, "cached_tokens": 0, "completion_tokens": 2, "total_tokens": 74,
            "images": [{"width": 8, "height": 8, "tokens_full": 576, "tokens": 54, "method": "pitome", "profile": "released", "ratio": 0.9, "cached": false}]
          },
          "timings": {
            "queue_ms": 0.1, "image_ms": 2.5, "encode_ms": 210, "prefill_ms": 90, "decode_ms": 31, "total_ms": 334, "time_to_first_token_ms": 303
          }
        }
        """)!;

    /// <summary>The frames of a streamed answer.</summary>
    public static string Frames() =>
        "event: token\ndata: {\"text\":\"gr\"}\n\nevent: token\ndata: {\"text\":\"ey\"}\n\nevent: done\ndata: "
        + Answer().ToJsonString() + "\n\n";

    private static OpenApiExample Of(string summary, JsonNode value) => new() { Summary = summary, Value = value };

    private static JsonObject Turn(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };
}
