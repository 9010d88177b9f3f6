using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vlm.Testing;

namespace Vlm.Api.Tests.Deploy;

/// <summary>The files for Prometheus and Grafana fit what the server tells, and a real Prometheus reads it.</summary>
public sealed partial class MonitoringTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(Golden.Root, "deploy");
    private WebApplication _server = null!;

    private HttpClient Client => new() { BaseAddress = new Uri(_server.Urls.Single()) };

    public async Task InitializeAsync()
    {
        _server = ApiHost.Build(
            ["--urls=http://127.0.0.1:0"],
            new Dictionary<string, string?> { ["Model:Path"] = "fake", ["Serilog:MinimumLevel:Default"] = "Fatal" },
            services => services.AddSingleton<IEngineFactory>(new FakeModel()));
        await _server.StartAsync();
        await _server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        Assert.True((await Client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode);
    }

    public async Task DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("prometheus/alerts.yml")]
    [InlineData("grafana/dashboard.json")]
    public async Task File_EverySeriesItNames_IsOneOfTheServers(string file)
    {
        string metrics = await Client.GetStringAsync("/metrics");
        string[] families = [.. metrics.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2])];
        string text = await File.ReadAllTextAsync(Path.Combine(Folder, file));

        string[] named = [.. SeriesName().Matches(text).Select(m => m.Value.Replace("_bucket", "", StringComparison.Ordinal)).Distinct()];

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(families));
    }

    [SkippableFact]
    public async Task Promtool_RulesAndConfiguration_AreSound()
    {
        Tool("promtool");

        Assert.Equal((0, ""), await RunAsync("promtool", "check", "config", Path.Combine(Folder, "prometheus", "prometheus.yml")));
    }

    [SkippableFact]
    public async Task Promtool_Metrics_AreSound()
    {
        Tool("promtool");

        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await Client.GetStringAsync("/metrics"));
            (int exit, string error) = await RunAsync("sh", "-c", $"promtool check metrics < {file}");
            Assert.True(exit == 0, error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [SkippableFact]
    public async Task Prometheus_Scraping_HasOurSeries()
    {
        Tool("prometheus");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vlm-prometheus-");
        string config = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(config, $"""
            global: {"{"}scrape_interval: 1s{"}"}
            scrape_configs:
              - job_name: vlm
                static_configs: [{"{"}targets: ["{Client.BaseAddress!.Authority}"]{"}"}]
            """);
        string address = $"127.0.0.1:{FreePort()}";
        using Process prometheus = Process.Start(new ProcessStartInfo("prometheus")
        {
            ArgumentList = { $"--config.file={config}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address={address}" },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        prometheus.BeginErrorReadLine();
        prometheus.BeginOutputReadLine();
        try
        {
            using HttpClient client = new() { BaseAddress = new Uri($"http://{address}") };
            Assert.Equal("1", await QueryAsync(client, "vlm_ready"));
            Assert.Equal("72", await QueryAsync(client, "vlm_prompt_tokens_total"));
            Assert.Equal("1", await QueryAsync(client, "vlm_time_to_first_token_seconds_count"));
        }
        finally
        {
            prometheus.Kill(entireProcessTree: true);
            await prometheus.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> QueryAsync(HttpClient client, string query)
    {
        for (int attempt = 0; attempt < 120; attempt++)
        {
            try
            {
                JsonElement answer = JsonElement.Parse(await client.GetStringAsync($"/api/v1/query?query={query}"));
                JsonElement result = answer.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() > 0)
                {
                    return result[0].GetProperty("value")[1].GetString()!;
                }
            }
            catch (HttpRequestException)
            {
                // not up yet
            }

            await Task.Delay(500);
        }

        return "nothing within a minute";
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static void Tool(string name) => Skip.IfNot(
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, name))),
        $"{name} is not installed (Debian's package prometheus)");

    private static async Task<(int Exit, string Error)> RunAsync(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }

    [GeneratedRegex("vlm_[a-z0-9_]+")]
    private static partial Regex SeriesName();
}
