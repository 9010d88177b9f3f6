using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Telemetry</c>: logs and traces.</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>How log lines are written: text for people or one JSON object per line.</summary>
    [AllowedValues("text", "json")]
    public string LogFormat { get; set; } = "text";

    /// <summary>Collector that gets traces by OTLP, as <c>http://collector:4317</c>. Empty: what the environment says in
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without that no traces are made.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>How that collector is spoken to: <c>grpc</c> (usually port 4317) or <c>http/protobuf</c> (4318).</summary>
    [AllowedValues("grpc", "http/protobuf")]
    public string OtlpProtocol { get; set; } = "grpc";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint.Length > 0 && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
        {
            yield return new($"Telemetry:OtlpEndpoint: expected a URL of http or https, found '{OtlpEndpoint}'.", [nameof(OtlpEndpoint)]);
        }
    }
}
