using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Vlm.Api;
using Vlm.Bench.Serve;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm bench serve</c>: load on a server, and what its clients see.</summary>
internal static class BenchServeCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true };

    private static readonly Option<Uri?> Server = new("--server")
    {
        Description = "Any server of OpenAI's form, as http://host:8080 (default: one of its own, on the checkpoint of --model).",
        CustomParser = result => Uri.TryCreate(result.Tokens.Single().Value.TrimEnd('/') + "/", UriKind.Absolute, out Uri? url) ? url : Refuse(result),
    };

    private static readonly Option<DirectoryInfo?> Model = CommonOptions.Model();
    private static readonly Option<string?> ModelName = new("--model-name") { Description = "Name of the model in requests, where the server wants one." };
    private static readonly Option<string?> Key = new("--key") { Description = "API key." };
    private static readonly Option<int> Requests = new("--requests") { Description = "Requests of each load.", DefaultValueFactory = _ => 200 };
    private static readonly Option<int[]> Concurrency = new("--concurrency")
    {
        Description = "Closed loops: so many clients at once (default 1 and 16 where no --rate is given).",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<double[]> Rate = new("--rate")
    {
        Description = "Open loops: so many requests per second at random times.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string> Merge = new("--merge")
    {
        Description = "Merge settings, separated by commas and taken in turn; default asks for none.",
        DefaultValueFactory = _ => "none,pitome:0.9",
    };

    private static readonly Option<int> Pictures = new("--pictures") { Description = "Different pictures; 0 for another one in every request." };
    private static readonly Option<double> TextShare = new("--text-share") { Description = "Share of requests without a picture, 0 to 1." };
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "Most tokens of an answer.", DefaultValueFactory = _ => 16 };
    private static readonly Option<double> FirstTokenLimit = new("--ttft-limit")
    {
        Description = "Seconds within which an answer must begin to count as good.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of pictures and arrivals." };
    private static readonly Option<FileInfo?> JsonFile = new("--json") { Description = "Also writes all numbers here." };
    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "Configuration of the own server, as Engine:MaxQueue=16.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create()
    {
        Command command = new("serve", """
            Load on a server, open loop or closed: throughput, goodput, latencies, refusals, losses, memory. Exit 1 when an answer was lost or came twice.

            Examples:
              ./vlm bench serve --concurrency 1 16
              ./vlm bench serve --rate 5 50 --requests 500 --set Engine:MaxQueue=16
              ./vlm bench serve --requests 20000 --concurrency 16 --max-tokens 4
              ./vlm bench serve --server http://gpu7:8000 --model-name llava --merge default --key $KEY
            """)
        {
            Server, Model, ModelName, Key, Requests, Concurrency, Rate, Merge, Pictures, TextShare, MaxTokens, FirstTokenLimit, Seed, JsonFile, Settings,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        ServeLoad[] loads = [.. Loads(parsed)];
        ServeMix mix = Mix(parsed);
        using ServerProcess? own = parsed.GetValue(Server) is null
            ? await ServerProcess.StartAsync(Environment.ProcessPath!, OwnSettings(parsed), cancel)
            : null;
        using HttpClient http = new() { BaseAddress = parsed.GetValue(Server) ?? own!.Url, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = parsed.GetValue(Key) is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
        ServeBench bench = new(http, mix, own);
        List<ServeSummary> summaries = [];
        foreach (ServeLoad load in loads)
        {
            summaries.Add(await bench.RunAsync(load, parsed.GetValue(Requests), TimeSpan.FromSeconds(parsed.GetValue(FirstTokenLimit)), cancel));
        }

        Write(summaries, parsed.GetValue(JsonFile));
        return summaries.Sum(s => s.NumWrong) == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static IEnumerable<ServeLoad> Loads(ParseResult parsed)
    {
        int[] clients = parsed.GetValue(Concurrency) ?? [];
        double[] rates = parsed.GetValue(Rate) ?? [];
        if (clients.Any(c => c < 1) || rates.Any(r => r <= 0) || parsed.GetValue(Requests) < 1)
        {
            throw new ArgumentException("bench serve: expected --concurrency, --rate and --requests above 0, found less.");
        }

        clients = clients.Length + rates.Length == 0 ? [1, 16] : clients;
        return [.. clients.Select(c => new ServeLoad(c, null)), .. rates.Select(r => new ServeLoad(null, r))];
    }

    private static ServeMix Mix(ParseResult parsed) => new()
    {
        Merges = [.. parsed.GetValue(Merge)!.Split(',').Select(m => m == "default" ? m : MergeSpecList.Parse(m).Single().ToString())],
        Pictures = parsed.GetValue(Pictures),
        TextShare = parsed.GetValue(TextShare),
        MaxTokens = parsed.GetValue(MaxTokens),
        Model = parsed.GetValue(ModelName),
        Seed = parsed.GetValue(Seed),
    };

    private static IEnumerable<string> OwnSettings(ParseResult parsed) =>
    [
        "--model", DefaultCheckpoint.Resolve(parsed.GetValue(Model)),
        .. (parsed.GetValue(Settings) ?? []).Select(setting => "--" + setting),
    ];

    private static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--server: expected a URL as http://host:8080, found '{result.Tokens.Single().Value}'.");
        return null;
    }

    private static void Write(List<ServeSummary> summaries, FileInfo? json)
    {
        string[] header =
        [
            "load", "answered", "429", "failed", "lost", "twice", "answers/s", "x first", "good/s", "tokens/s", "TTFT p50", "p95", "p99",
            "piece p50", "p95", "e2e p50", "p95", "p99", "MB after 1/10", "MB at end", "CPU ms", "image ms", "queue ms", "encode ms", "prefill ms", "decode ms", "token ms",
        ];
        MarkdownTable.Write(header, summaries.Select(s => Cells(s, summaries[0])));
        foreach (ServeSummary summary in summaries.Where(s => s.Problem is not null))
        {
            Console.Error.WriteLine($"{summary.Load}: {summary.Problem}");
        }

        if (json is not null)
        {
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(summaries, Json));
        }
    }

    private static string[] Cells(ServeSummary s, ServeSummary first) =>
    [
        s.Load, .. Enum.GetValues<ServeEnd>().Select(end => Text(s.Ends[end], "0")),
        Text(s.Throughput, "0.00"), Text(s.Throughput / first.Throughput, "0.00"), Text(s.Goodput, "0.00"), Text(s.TokensPerSecond, "0"),
        Text(s.FirstToken?.P50, "0.000"), Text(s.FirstToken?.P95, "0.000"), Text(s.FirstToken?.P99, "0.000"),
        Text(s.InterToken?.P50, "0.0000"), Text(s.InterToken?.P95, "0.0000"),
        Text(s.EndToEnd?.P50, "0.000"), Text(s.EndToEnd?.P95, "0.000"), Text(s.EndToEnd?.P99, "0.000"),
        Text(s.Resident?.Early / 1e6, "0"), Text(s.Resident?.End / 1e6, "0"),
        Text(s.ProcessorSeconds * 1e3 / Math.Max(1, s.Ends[ServeEnd.Answered]), "0.0"), Text(s.Server?.Image, "0.0"), Text(s.Server?.Queue, "0.0"),
        Text(s.Server?.Encode, "0.0"), Text(s.Server?.Prefill, "0.0"), Text(s.Server?.Decode, "0.0"), Text(s.Server?.Token, "0.0"),
    ];

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
