using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary>The main job over a real socket: <c>./vlm serve</c> on the default checkpoint answers <c>POST /chat</c>.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Serve_DefaultCheckpoint_AnswersPictureAndPromptThenDrains()
    {
        string url = $"http://127.0.0.1:{FreePort()}";
        using VlmProcess vlm = VlmProcess.Start("serve", "--urls", url);
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        await ReadyAsync(client, vlm);

        using MultipartFormDataContent form = new()
        {
            { new StringContent("What is in the picture?"), "prompt" },
            { new StringContent("pitome:0.9"), "merge" },
            { new StringContent("8"), "max_tokens" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Golden.Root, "assets", "pictures", "sample.jpg"))), "image", "sample.jpg" },
        };
        using HttpResponseMessage response = await client.PostAsync("/chat", form);
        using JsonDocument answer = (await response.Content.ReadFromJsonAsync<JsonDocument>())!;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement picture = answer.RootElement.GetProperty("usage").GetProperty("images")[0];
        Assert.Equal("pitome", picture.GetProperty("method").GetString());
        Assert.True(picture.GetProperty("tokens").GetInt32() < picture.GetProperty("tokens_full").GetInt32());
        Assert.True(answer.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);

        vlm.Terminate();
        (int code, string output, string error) = await vlm.EndAsync();
        Assert.Equal(0, code);
        Assert.Equal(Cores(), Threads(output + error));
    }

    // As lscpu counts: processors that share a core name the same siblings.
    private static int Cores() => Math.Min(Environment.ProcessorCount, Directory.GetDirectories("/sys/devices/system/cpu", "cpu?*")
        .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list")).Where(File.Exists).Select(File.ReadAllText).Distinct().Count());

    private static int Threads(string log) => int.Parse(Regex.Match(log, @"is ready after .*; threads: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static async Task ReadyAsync(HttpClient client, VlmProcess vlm)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(200));
        while (await poll.WaitForNextTickAsync(limit.Token))
        {
            Assert.False(vlm.HasExited, "vlm serve ended before it was ready");
            try
            {
                using HttpResponseMessage response = await client.GetAsync("/health/ready", limit.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
