using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Vlm.Testing;

namespace Vlm.Clients.Tests;

/// <summary><c>vlm serve</c> with the embedded checkpoint in a process of its own, ready for requests.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private ServerProcess(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts it on a free port and waits until it is ready.</summary>
    /// <param name="key">Key to ask with; null where it has none.</param>
    /// <param name="settings">Configuration by environment variables.</param>
    public static async Task<ServerProcess> StartAsync(string? key, IReadOnlyDictionary<string, string> settings)
    {
        ProcessStartInfo start = new(Path.Combine(Golden.Root, "artifacts", "bin", "Vlm.Cli", "release", "vlm"), ["serve", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VLM_HOME"] = Golden.Root;
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE"; // as ./vlm has it
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        ServerProcess server = new(process, await UrlAsync(process));
        await server.ReadyAsync(key);
        return server;
    }

    /// <summary>A client with a key, if any.</summary>
    public HttpClient Client(string? key = null)
    {
        HttpClient client = new() { BaseAddress = Url, Timeout = Patience };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>Reads the log until it names the address; the rest of it is thrown away, so that the pipe never fills.</summary>
    private static async Task<Uri> UrlAsync(Process process)
    {
        TaskCompletionSource<Uri> url = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> log = [];
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.WhenAny(url.Task, process.WaitForExitAsync(), Task.Delay(Patience));
        Assert.True(url.Task.IsCompleted, $"vlm serve: expected an address, found {string.Join('\n', log)}");
        return await url.Task;

        void Read(string? line)
        {
            lock (log)
            {
                log.Add(line ?? "");
            }

            if (line is not null && Listening().Match(line) is { Success: true } match)
            {
                url.TrySetResult(new Uri(match.Groups[1].Value));
            }
        }
    }

    private async Task ReadyAsync(string? key)
    {
        using HttpClient client = Client(key);
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        while (await poll.WaitForNextTickAsync(limit.Token))
        {
            using HttpResponseMessage answer = await client.GetAsync("/health/ready", limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }
        }
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}
