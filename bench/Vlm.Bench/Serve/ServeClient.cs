using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Vlm.Bench.Serve;

/// <summary>Asks a server that speaks OpenAI's form, and times what comes.</summary>
public sealed class ServeClient(HttpClient http)
{
    private const string DataPrefix = "data: ";

    /// <summary>Asks one question and reads its answer to the end.</summary>
    /// <param name="body">In OpenAI's form, streamed.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<ServeOutcome> AskAsync(byte[] body, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        };
        long start = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode
                ? await ReadAsync(answer, start, cancel)
                : new(answer.StatusCode == HttpStatusCode.TooManyRequests ? ServeEnd.Refused : ServeEnd.Failed, Stopwatch.GetElapsedTime(start))
                {
                    Problem = await answer.Content.ReadAsStringAsync(cancel),
                };
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new(ServeEnd.Lost, Stopwatch.GetElapsedTime(start)) { Problem = error.Message };
        }
    }

    private static async Task<ServeOutcome> ReadAsync(HttpResponseMessage answer, long start, CancellationToken cancel)
    {
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(cancel));
        ServeStream stream = new(start);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith(DataPrefix, StringComparison.Ordinal))
            {
                stream.Take(line[DataPrefix.Length..]);
            }
        }

        return stream.Outcome();
    }
}

/// <summary>The chunks of one answer.</summary>
internal sealed class ServeStream(long start)
{
    private readonly List<TimeSpan> _pieces = [];
    private readonly HashSet<string> _ids = [];
    private int _numEnds;
    private int _numDones;
    private int _tokens;
    private string? _problem;

    /// <summary>Takes the data of one event.</summary>
    public void Take(string data)
    {
        if (data == "[DONE]")
        {
            _numDones++;
            return;
        }

        JsonElement chunk = JsonElement.Parse(data);
        if (chunk.TryGetProperty("error", out JsonElement error))
        {
            _problem = error.GetRawText();
            return;
        }

        _ids.Add(chunk.GetProperty("id").GetString()!);
        if (chunk.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object)
        {
            _tokens = usage.GetProperty("completion_tokens").GetInt32();
        }

        foreach (JsonElement choice in chunk.GetProperty("choices").EnumerateArray())
        {
            Take(choice);
        }
    }

    /// <summary>What became of the request.</summary>
    public ServeOutcome Outcome() => new(End(), Stopwatch.GetElapsedTime(start))
    {
        FirstToken = _pieces.FirstOrDefault(Stopwatch.GetElapsedTime(start)),
        Gaps = [.. _pieces.Zip(_pieces.Skip(1), (before, after) => after - before)],
        Tokens = _tokens,
        Id = _ids.FirstOrDefault(),
        Problem = _problem,
    };

    private ServeEnd End() =>
        _problem is not null ? ServeEnd.Failed
        : _numEnds > 1 || _numDones > 1 || _ids.Count > 1 ? ServeEnd.Twice
        : _numEnds == 1 && _numDones == 1 ? ServeEnd.Answered
        : ServeEnd.Lost;

    private void Take(JsonElement choice)
    {
        bool hasText = choice.GetProperty("delta").TryGetProperty("content", out JsonElement text)
            && text.ValueKind == JsonValueKind.String && text.GetString()!.Length > 0;
        bool isEnd = choice.TryGetProperty("finish_reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String;
        _numEnds += isEnd ? 1 : 0;
        if (hasText)
        {
            _pieces.Add(Stopwatch.GetElapsedTime(start));
        }
    }
}
