using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vlm.Api.Tests;

/// <summary>The server with real sockets, and a model that answers what the test says.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private KestrelServer(WebApplication server) => _server = server;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_server.Urls.Single());

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<KestrelServer> StartAsync(FakeModel model, CapturedLogs? logs = null, params (string Key, string Value)[] settings)
    {
        Dictionary<string, string?> all = new() { ["Model:Path"] = "fake", ["Serilog:MinimumLevel:Default"] = "Fatal" };
        foreach ((string key, string value) in settings)
        {
            all[key] = value;
        }

        WebApplication server = ApiHost.Build(
            ["--urls=http://127.0.0.1:0"],
            all,
            services => services.AddSingleton<IEngineFactory>(model).AddSingleton<ILoggerProvider>(logs ?? new()));
        await server.StartAsync();
        await server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        return new(server);
    }

    /// <summary>What it is composed of.</summary>
    public IServiceProvider Services => _server.Services;

    /// <summary>A connection of plain bytes.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        TcpClient socket = new();
        await socket.ConnectAsync(Url.Host, Url.Port);
        return socket;
    }

    /// <summary>Sends bytes, one for each character, and reads until the server closes.</summary>
    public async Task<string> SendAsync(string request)
    {
        using TcpClient socket = await ConnectAsync();
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using StreamReader answer = new(socket.GetStream(), Encoding.UTF8);
        return await answer.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
