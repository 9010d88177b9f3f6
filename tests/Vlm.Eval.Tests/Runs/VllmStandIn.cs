using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Vlm.Eval.Runs;

namespace Vlm.Eval.Tests.Runs;

/// <summary>
/// A server of OpenAI's interface that is not ours, over real sockets: lists a model as vLLM does, knows no other route, and answers the n-th chat request as
/// a script says. A reply is sent as it stands and the connection closed, so a reply may be cut anywhere.
/// </summary>
internal sealed partial class VllmStandIn : IDisposable
{
    public const string Cut = "";
    public const string CutInside = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\": \"chatcmpl-1\", \"choices\": [{\"mess";
    public static readonly string Busy = Reply("429 Too Many Requests", "{}", "Retry-After: 0\r\n");
    public static readonly string Failed = Reply("500 Internal Server Error", """{"object": "error", "message": "EngineDeadError", "type": "InternalServerError", "code": 500}""");
    public static readonly string Away = Reply("503 Service Unavailable", "upstream connect error");
    public static readonly string TooLong = Reply("400 Bad Request", """{"object": "error", "message": "maximum context length is 2048", "type": "BadRequestError", "code": 400}""");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _client = new();
    private readonly Func<int, string> _script;

    /// <param name="script">The reply to the n-th chat request, n from 0.</param>
    public VllmStandIn(Func<int, string> script)
    {
        _script = script;
        _listener.Start();
        _client.BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = ServeAsync(); // ends with the listener
    }

    /// <summary>Bodies of the chat requests.</summary>
    public List<string> Bodies { get; } = [];

    public string Address => _client.BaseAddress!.ToString();

    public static string Said(string text) => Reply("200 OK",
        $$"""{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": "{{text}}", "reasoning_content": null}, "finish_reason": "stop", "stop_reason": null}], "usage": {"prompt_tokens": 600, "completion_tokens": 2, "total_tokens": 602, "prompt_tokens_details": null}, "prompt_logprobs": null}""");

    public static string Reply(string status, string body, string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public Task<ServerAnswerer> ConnectAsync() => ServerAnswerer.ConnectAsync(_client, null, 2, CancellationToken.None, firstWait: TimeSpan.FromMilliseconds(1));

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync()); // a client opens connections that it then does not use
        }
    }

    private async Task ServeAsync(TcpClient peer)
    {
        using (peer)
        {
            NetworkStream stream = peer.GetStream();
            (string route, string body) = await ReadAsync(stream);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(route, body)));
        }
    }

    private string Answer(string route, string body) => route switch
    {
        "" => "",
        "GET /v1/models" => Reply("200 OK", """{"object": "list", "data": [{"id": "llava-hf/llava-1.5-7b-hf", "object": "model", "owned_by": "vllm", "max_model_len": 4096}]}"""),
        "POST /v1/chat/completions" => Next(body),
        _ => Reply("404 Not Found", """{"detail": "Not Found"}"""),
    };

    private string Next(string body)
    {
        lock (Bodies)
        {
            Bodies.Add(body);
            return _script(Bodies.Count - 1);
        }
    }

    private static async Task<(string Route, string Body)> ReadAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        if (await reader.ReadLineAsync() is not { } first)
        {
            return ("", "");
        }

        string route = Route().Match(first).Value;
        int length = 0;
        for (string line = (await reader.ReadLineAsync())!; line.Length > 0; line = (await reader.ReadLineAsync())!)
        {
            length = line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? int.Parse(line[15..], CultureInfo.InvariantCulture) : length;
        }

        char[] body = new char[length];
        if (length > 0) // a block of nothing would wait for more
        {
            await reader.ReadBlockAsync(body);
        }

        return (route, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }

    [GeneratedRegex("^[A-Z]+ [^ ?]+")]
    private static partial Regex Route();
}
