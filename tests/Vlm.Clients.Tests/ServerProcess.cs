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
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => _url.Task.Result;

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

        ServerProcess server = new(Process.Start(start)!);
        Task ended = server._process.WaitForExitAsync(), ready = server.ReadyAsync(key);
        await Task.WhenAny(ready, ended, Task.Delay(Patience));
        Assert.True(ready.IsCompletedSuccessfully && !server._process.HasExited, $"vlm serve: expected ready, found {server.Log()}");
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

    private string Log()
    {
        lock (_log)
        {
            return string.Join('\n', _log);
        }
    }

    private void Read(string? line)
    {
        lock (_log)
        {
            _log.Add(line ?? "");
        }

        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _url.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    /// <summary>Waits for the address, then until requests are answered; a server that has gone by then is the caller's to notice.</summary>
    private async Task ReadyAsync(string? key)
    {
        await _url.Task;
        using HttpClient client = Client(key);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(100));
        while (!_process.HasExited && await poll.WaitForNextTickAsync())
        {
            using HttpResponseMessage answer = await client.GetAsync("/health/ready");
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }
        }
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening();
}
