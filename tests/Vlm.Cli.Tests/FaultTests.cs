using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary>What happens to the process, not to a request.</summary>
public sealed class FaultTests
{
    private const string Question = """{"prompt": "What is this?", "max_tokens": 6, "return_token_ids": true}""";

    [Fact]
    public async Task Serve_KilledInMidAnswer_StartsAgainAndAnswersTheSame()
    {
        int port = FreePort();
        string before;
        using (Process first = Start(port, output: "/dev/null"))
        {
            before = await AnswerAsync(port);
            Task<HttpResponseMessage> running = AskAsync(port, """{"prompt": "Go on", "max_tokens": 120}""");
            first.Kill(); // SIGKILL
            await first.WaitForExitAsync();
            await Assert.ThrowsAnyAsync<Exception>(async () => (await running).EnsureSuccessStatusCode());
        }

        using Process second = Start(port, output: "/dev/null");
        Assert.Equal(before, await AnswerAsync(port));
        second.Kill();
    }

    [Fact]
    public async Task Serve_LogsToAFullDisk_GoesOnAnswering()
    {
        int port = FreePort();
        using Process server = Start(port, output: "/dev/full");

        Assert.Equal(await AnswerAsync(port), await AnswerAsync(port));
        Assert.False(server.HasExited);
        server.Kill();
    }

    [Theory]
    [InlineData("chat <&-", 0)]
    [InlineData("nonsense 2>/dev/full", 2)]
    [InlineData("inspect /nonexistent >&- 2>/dev/full", 2)]
    public async Task Run_StreamThatTakesOrGivesNothing_EndsWithItsCode(string arguments, int code)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        using Process program = Start(arguments);
        await program.WaitForExitAsync(limit.Token);

        Assert.Equal(code, program.ExitCode);
    }

    /// <summary>The server with its standard output going to a file.</summary>
    private static Process Start(int port, string output) => Start($"serve --urls http://127.0.0.1:{port} >{output}");

    /// <summary>The program as a shell starts it.</summary>
    private static Process Start(string arguments)
    {
        ProcessStartInfo start = new("sh", ["-c", $"exec \"$0\" {arguments}", Path.Combine(Golden.Root, "vlm")]);
        start.Environment["VLM_NO_INSTALL"] = "1";
        return Process.Start(start)!;
    }

    private static async Task<string> AnswerAsync(int port)
    {
        using HttpClient client = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        while (!await IsReadyAsync(client, limit.Token))
        {
            await Task.Delay(200, limit.Token);
        }

        using HttpResponseMessage answer = await AskAsync(port, Question);
        using JsonDocument body = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("token_ids").GetRawText();
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancel)
    {
        try
        {
            return (await client.GetAsync("/health/ready", cancel)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(int port, string json)
    {
        using HttpClient client = new();
        return await client.PostAsync($"http://127.0.0.1:{port}/chat", new StringContent(json, Encoding.UTF8, "application/json"));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
