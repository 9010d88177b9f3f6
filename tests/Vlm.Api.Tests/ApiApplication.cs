using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vlm.Api.Tests;

/// <summary>The whole server in memory, with a model that answers what the test says.</summary>
internal sealed class ApiApplication(Dictionary<string, string?>? settings = null) : WebApplicationFactory<Program>
{
    /// <summary>The model behind the routes.</summary>
    public FakeModel Model { get; } = new();

    /// <summary>Everything that was logged.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>Time for deadlines; stands still unless moved.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>Replaces further services.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    /// <summary>A client of a server that has loaded its model.</summary>
    public async Task<HttpClient> ReadyClientAsync()
    {
        ClientOptions.AllowAutoRedirect = false;
        HttpClient client = CreateClient();
        await LoadingEnded();
        return client;
    }

    /// <summary>Completes when loading has ended, well or not.</summary>
    public Task LoadingEnded() => Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Model:Path", "fake");
        builder.UseSetting("Serilog:MinimumLevel", "Fatal");
        foreach ((string key, string? value) in settings ?? [])
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IEngineFactory>(Model).AddSingleton<TimeProvider>(Clock).AddSingleton<ILoggerProvider>(Logs);
            Configure?.Invoke(services);
        });
    }
}
