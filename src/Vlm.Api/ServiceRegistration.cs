using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Filters;
using Serilog.Formatting.Json;
using Vlm.Api.Access;
using Vlm.Api.Fetching;
using Vlm.Api.Metrics;
using Vlm.Api.Options;
using Vlm.Api.Requests;
using Vlm.Api.Telemetry;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;

namespace Vlm.Api;

/// <summary>What the server is made of.</summary>
internal static class ServiceRegistration
{
    /// <summary>Extra time for connections to close after the engine has drained.</summary>
    private const int CloseSeconds = 5;

    // By default Kestrel refuses header values that are no UTF-8 with a 400 of its own, without a body. This one replaces their bytes, so
    // that they come to the readers and are refused there as every other wrong value.
    private static readonly UTF8Encoding AnyBytes = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Logs to the console by Serilog; levels come from section <c>Serilog</c>.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(services => new Serilog.Extensions.Logging.SerilogLoggerProvider(
            Console(
                new LoggerConfiguration().ReadFrom.Configuration(services.GetRequiredService<IConfiguration>()).Filter.ByExcluding(IsStartFailure).WriteTo,
                services.GetRequiredService<IOptions<TelemetryOptions>>().Value.LogFormat).CreateLogger(),
            dispose: true));
    }

    /// <summary>The host's own word of a failed start, with a stack trace; <see cref="StartFailure"/> says it in one line.</summary>
    private static bool IsStartFailure(LogEvent written) =>
        written.MessageTemplate.Text == "Hosting failed to start" && Matching.FromSource("Microsoft.Extensions.Hosting.Internal.Host")(written);

    private static LoggerConfiguration Console(LoggerSinkConfiguration sinks, string format) => format == "json"
        ? sinks.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture))
        : sinks.Console(formatProvider: CultureInfo.InvariantCulture);

    /// <summary>Address and limits of the server.</summary>
    public static void AddServer(this WebApplicationBuilder builder)
    {
        string? urls = builder.Configuration["urls"];
        if (string.IsNullOrEmpty(urls ?? builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(ApiHost.DefaultUrl);
        }

        foreach (string url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Where(url => !IsAddress(url)))
        {
            throw new FormatException($"urls: expected an address as {ApiHost.DefaultUrl}, found '{url}'.");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = _ => AnyBytes;
        });
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitsOptions>>(
            (kestrel, limits) => kestrel.Limits.MaxRequestBodySize = limits.Value.MaxBodyBytes);
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<LimitsOptions>>(
            (host, limits) => host.ShutdownTimeout = TimeSpan.FromSeconds(limits.Value.DrainSeconds + CloseSeconds));
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port is >= 0 and <= ushort.MaxValue;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Options, each section bound and checked at start.</summary>
    public static void AddApiOptions(this IServiceCollection services)
    {
        services.AddSection<ModelOptions>("Model");
        services.AddSection<EngineOptions>("Engine");
        services.AddSection<ImageLimits>("Images");
        services.AddSection<ImagesOptions>("Images");
        services.AddSection<FetchOptions>("Images");
        services.AddSection<MergeOptions>("Merge");
        services.AddSection<AuthOptions>("Auth");
        services.AddSection<LimitsOptions>("Limits");
        services.AddSection<TelemetryOptions>("Telemetry");
    }

    /// <summary>The services behind the routes.</summary>
    public static void AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<EngineHost>();
        services.AddSingleton<IEngineFactory, CheckpointEngineFactory>();
        services.AddHostedService<Tracing>();
        services.AddHostedService<EngineHostedService>();
        services.AddSingleton<MergeReader>();
        services.AddSingleton<LoadPolicy>();
        services.AddSingleton<NamedPictures>();
        services.AddSingleton<ChatRequestReader>();
        services.AddSingleton<PreviewRequestReader>();
        services.AddSingleton<CompletionRequestReader>();
        services.AddSingleton<EmbeddingRequestReader>();
        services.AddSingleton<BodyMemory>();
        services.AddSingleton<Admission>();
        services.AddSingleton<ApiMetrics>();
        services.AddSingleton<AnswerPace>();
        services.AddSingleton<KeyGate>();
        services.AddSingleton<Network>();
        services.AddSingleton<PictureFetcher>();
        services.AddCors();
    }

    private static void AddSection<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton(new BoundSection(section, typeof(T)));
        services.AddOptions<T>()
            .Configure<IConfiguration>((options, settings) => Bind(settings.GetSection(section), options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }

    /// <exception cref="FormatException">A value is not of its option's type.</exception>
    private static void Bind(IConfigurationSection section, object options)
    {
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }
}
