using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vlm.Api.Tests;

/// <summary>One server-sent event.</summary>
internal sealed record Frame(string Event, JsonElement Data);

/// <summary>Requests and answers in the shape that tests want.</summary>
internal static class Http
{
    /// <summary>A grey PNG of 8 by 8 pixels.</summary>
    public const string Picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAD0lEQVR42mNowAEYhpYEAILzYAEllbNjAAAAAElFTkSuQmCC";

    /// <summary>Posts JSON text to /chat.</summary>
    public static Task<HttpResponseMessage> ChatAsync(this HttpClient client, string json) =>
        client.PostAsync("/chat", new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Posts a JSON value to /chat.</summary>
    public static Task<HttpResponseMessage> ChatAsync(this HttpClient client, JsonNode body) => client.ChatAsync(body.ToJsonString());

    /// <summary>Posts JSON text to /v1/chat/completions.</summary>
    public static Task<HttpResponseMessage> CompleteAsync(this HttpClient client, string json) =>
        client.PostAsync("/v1/chat/completions", new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>The body as JSON.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    /// <summary>The body as a problem of this status, all of whose members are checked.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, int status)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"expected {status}, found {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        string[] allowed = ["type", "title", "status", "detail", "errors", "trace_id", "error"];
        Assert.Empty(problem.EnumerateObject().Select(m => m.Name).Except(allowed));
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:problem-type:vlm:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("trace_id").GetString()!);
        Assert.Equal(status != 500, problem.TryGetProperty("errors", out _));
        Assert.Equal(status != 500, problem.TryGetProperty("detail", out _));
        return problem;
    }

    /// <summary>The body as an error of OpenAI's form that is a problem as well.</summary>
    public static async Task<JsonElement> OpenAiErrorAsync(this HttpResponseMessage answer, int status)
    {
        JsonElement problem = await answer.ProblemAsync(status);
        JsonElement error = problem.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(m => m.Name));
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return error;
    }

    /// <summary>The data of each event, for streams without event names.</summary>
    public static async Task<List<string>> DataAsync(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame =>
        {
            Assert.StartsWith("data: ", frame, StringComparison.Ordinal);
            return frame["data: ".Length..];
        })];
    }

    /// <summary>The fields that a problem names, with the first message of each.</summary>
    public static Dictionary<string, string> Errors(this JsonElement problem) =>
        problem.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => e.Value[0].GetString()!);

    /// <summary>The body as server-sent events.</summary>
    public static async Task<List<Frame>> FramesAsync(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(ParseFrame)];
    }

    private static Frame ParseFrame(string frame)
    {
        string[] lines = frame.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
        return new(lines[0]["event: ".Length..], JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement);
    }
}
