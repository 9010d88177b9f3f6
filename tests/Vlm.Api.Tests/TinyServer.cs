using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vlm.Testing;

namespace Vlm.Api.Tests;

/// <summary>The real engine with random weights in float64 behind a real socket.</summary>
internal sealed class TinyServer : IAsyncDisposable
{
    private readonly TinyCheckpoint _checkpoint;
    private readonly WebApplication _server;

    private TinyServer(TinyCheckpoint checkpoint, WebApplication server)
    {
        (_checkpoint, _server) = (checkpoint, server);
        Client = new() { BaseAddress = new Uri(server.Urls.Single()), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>A client of the server.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<TinyServer> StartAsync(params (string Key, string Value)[] settings)
    {
        TinyCheckpoint checkpoint = TinyCheckpoint.Create();
        Dictionary<string, string?> all = new()
        {
            ["Model:Path"] = checkpoint.Folder,
            ["Model:Name"] = "tiny",
            ["Model:Dtype"] = "float64",
            ["Serilog:MinimumLevel:Default"] = "Fatal",
        };
        foreach ((string key, string value) in settings)
        {
            all[key] = value;
        }

        WebApplication server = ApiHost.Build(["--urls=http://127.0.0.1:0"], all);
        await server.StartAsync();
        await server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        Assert.Null(server.Services.GetRequiredService<EngineHost>().Failure);
        return new(checkpoint, server);
    }

    /// <summary>Waits until a series of GET /metrics has reached a number; five minutes at most.</summary>
    /// <param name="series">A series without labels.</param>
    /// <param name="least">The number.</param>
    /// <param name="key">The API key to ask with, where there are keys.</param>
    public Task ReachesAsync(string series, double least, string? key = null) =>
        UntilAsync(series, value => value >= least, $"at least {least}", key);

    /// <summary>Waits until a series of GET /metrics has fallen to a number; five minutes at most.</summary>
    public Task FallsAsync(string series, double most) => UntilAsync(series, value => value <= most, $"at most {most}", key: null);

    private async Task UntilAsync(string series, Predicate<double> isReached, string expected, string? key)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 300; await Task.Delay(20))
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/metrics") { Headers = { Authorization = new("Bearer", key ?? "none") } };
            using HttpResponseMessage answer = await Client.SendAsync(request);
            string[] found = (await answer.Content.ReadAsStringAsync()).Split($"\n{series} ");
            if (found.Length > 1 && isReached(double.Parse(found[1].Split('\n')[0], CultureInfo.InvariantCulture)))
            {
                return;
            }
        }

        Assert.Fail($"{series}: expected {expected} within 5 minutes, found another number.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _checkpoint.Dispose();
    }
}
