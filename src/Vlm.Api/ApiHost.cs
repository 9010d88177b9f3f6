using Microsoft.Extensions.Options;
using Vlm.Api.Access;
using Vlm.Api.Endpoints;
using Vlm.Api.OpenApi;
using Vlm.Api.Options;
using Vlm.Api.Playground;

namespace Vlm.Api;

/// <summary>The HTTP server, composed; <c>vlm serve</c> and the program of this project start the same one.</summary>
public static class ApiHost
{
    /// <summary>Address when none is configured.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Builds the server.</summary>
    /// <param name="args">Configuration from the command line (<c>--Model:Path=DIR</c>, <c>--urls URL</c>).</param>
    /// <param name="settings">Further configuration, stronger than everything else.</param>
    /// <param name="configure">Replaces services, as the engine factory in tests.</param>
    public static WebApplication Build(
        string[] args, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        // Settings are read once; a watch on their files would cost one of the few that Linux gives a user.
        string[] fixedSettings = [.. args, "--hostBuilder:reloadConfigOnChange=false"];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = fixedSettings, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.AddLogs();
        builder.AddServer();
        builder.Services.AddApiOptions();
        builder.Services.AddApi();
        builder.Services.AddApiDocument();
        configure?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        BoundSection.Check([.. app.Services.GetServices<BoundSection>()], args);
        app.Use(SecurityHeaders.InvokeAsync);
        app.Use(RequestLog.InvokeAsync);
        app.Use(ErrorResponses.InvokeAsync);
        app.Use(HeadRequests.InvokeAsync);
        app.UseRouting();
        app.UseStatusCodePages(ErrorResponses.DescribeStatusAsync);
        app.UsePlayground();
        app.UseAccess();
        app.MapChat();
        app.MapCompletions();
        app.MapEmbeddings();
        app.MapModels();
        app.MapMergeMethods();
        app.MapMergePreview();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDocument();
        app.MapPlayground();
        return app;
    }

    /// <summary>Builds the server and runs it until it is asked to stop.</summary>
    /// <param name="args">Configuration from the command line.</param>
    /// <param name="settings">Further configuration, stronger than everything else.</param>
    /// <param name="error">Takes the one line of a failure; standard error when null.</param>
    /// <returns>Exit code: 0 stopped, 1 failed, 2 bad configuration or checkpoint.</returns>
    public static async Task<int> RunAsync(
        string[] args, IReadOnlyDictionary<string, string?>? settings = null, TextWriter? error = null)
    {
        error ??= Console.Error;
        try
        {
            await using WebApplication app = Build(args, settings);
            var engine = app.Services.GetRequiredService<EngineHost>();
            await app.RunAsync();
            return engine.Failure is { } failure ? StartFailure.Report(failure, error) : 0;
        }
        catch (Exception failure) when (failure is OptionsValidationException or IOException or FormatException)
        {
            return StartFailure.Report(failure, error);
        }
    }
}
