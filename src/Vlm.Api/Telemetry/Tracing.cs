using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Vlm.Api.Options;

namespace Vlm.Api.Telemetry;

/// <summary>Sends spans by OTLP while the server runs, where a collector is named. Everything else that OpenTelemetry's environment
/// variables set (sampling, headers, batches) is theirs.</summary>
internal sealed class Tracing(IOptions<TelemetryOptions> telemetry, IConfiguration environment) : IHostedService
{
    /// <summary>ASP.NET Core's own source: one span per HTTP request, the parent of ours, with the caller's trace context.</summary>
    private const string HttpSource = "Microsoft.AspNetCore";

    private static readonly string[] EndpointVariables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        string endpoint = telemetry.Value.OtlpEndpoint;
        if (endpoint.Length > 0 || EndpointVariables.Any(name => !string.IsNullOrEmpty(environment[name])))
        {
            _provider = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(resource => resource.AddService("vlm", serviceVersion: typeof(Tracing).Assembly.GetName().Version?.ToString()))
                .AddSource(HttpSource, ChatSpans.SourceName)
                .AddOtlpExporter(otlp => Configure(otlp, endpoint))
                .Build();
        }

        return Task.CompletedTask;
    }

    /// <summary>What is left goes out before the process ends.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _provider?.Dispose();
        return Task.CompletedTask;
    }

    private void Configure(OtlpExporterOptions otlp, string endpoint)
    {
        if (endpoint.Length == 0)
        {
            return;
        }

        bool isHttp = telemetry.Value.OtlpProtocol == "http/protobuf";
        otlp.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        otlp.Endpoint = new(isHttp ? endpoint.TrimEnd('/') + "/v1/traces" : endpoint);
    }
}
