using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vlm.Api.Tests.Telemetry;

/// <summary>A span as it came over the wire.</summary>
internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name, ulong Start, ulong End, Dictionary<string, string> Attributes);

/// <summary>A collector that keeps what it is sent by OTLP, over plain HTTP or gRPC.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;

    private OtlpReceiver(WebApplication server) => _server = server;

    /// <summary>The bodies of export requests.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = [];

    /// <summary>Where it listens.</summary>
    public string Url => _server.Urls.Single();

    /// <summary>All spans of a trace so far.</summary>
    public Span[] Spans(string traceId) => [.. Bodies.SelectMany(Read).Where(s => s.TraceId == traceId)];

    /// <summary>Starts a collector.</summary>
    /// <param name="isGrpc">Whether it speaks gRPC.</param>
    public static async Task<OtlpReceiver> StartAsync(bool isGrpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.ConfigureEndpointDefaults(
            endpoint => endpoint.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        WebApplication server = builder.Build();
        OtlpReceiver receiver = new(server);
        server.MapPost("/v1/traces", http => receiver.TakeAsync(http, skip: 0));
        server.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", http => receiver.TakeAsync(http, skip: 5));
        await server.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http, int skip)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body);
        Bodies.Enqueue(body.ToArray()[skip..]); // gRPC puts one byte and a length in front
        if (skip > 0)
        {
            http.Response.ContentType = "application/grpc";
            http.Response.DeclareTrailer("grpc-status");
            await http.Response.BodyWriter.WriteAsync(new byte[5]);
            http.Response.AppendTrailer("grpc-status", "0");
        }
    }

    // ExportTraceServiceRequest.resource_spans(1).scope_spans(2).spans(2)
    private static IEnumerable<Span> Read(byte[] body) =>
        Inside(body, 1).SelectMany(resource => Inside(resource, 2)).SelectMany(scope => Inside(scope, 2)).Select(ReadSpan);

    private static Span ReadSpan(byte[] span) => new(
        Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), Fixed(span, 7), Fixed(span, 8),
        Inside(span, 9).ToDictionary(a => Text(a, 1), a => Value(Inside(a, 2).Single())));

    private static string Value(byte[] any) => Fields(any).Select(f => f.Number switch
    {
        1 => System.Text.Encoding.UTF8.GetString(f.Bytes),
        4 => BitConverter.Int64BitsToDouble((long)f.Value).ToString(System.Globalization.CultureInfo.InvariantCulture),
        5 => string.Join(',', Inside(f.Bytes, 1).Select(Value)),
        _ => f.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    }).DefaultIfEmpty("").Single();

    private static IEnumerable<byte[]> Inside(byte[] message, int number) => Fields(message).Where(f => f.Number == number).Select(f => f.Bytes);

    private static string Text(byte[] message, int number) => System.Text.Encoding.UTF8.GetString(Inside(message, number).FirstOrDefault([]));

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Inside(message, number).FirstOrDefault([]));

    private static ulong Fixed(byte[] message, int number) => Fields(message).Single(f => f.Number == number).Value;

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        List<(int, ulong, byte[])> fields = [];
        using CodedInputStream input = new(message);
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => (WireFormat.GetTagFieldNumber(tag), 0, input.ReadBytes().ToByteArray()),
                WireFormat.WireType.Fixed64 => (WireFormat.GetTagFieldNumber(tag), input.ReadFixed64(), []),
                WireFormat.WireType.Fixed32 => (WireFormat.GetTagFieldNumber(tag), input.ReadFixed32(), []),
                _ => (WireFormat.GetTagFieldNumber(tag), input.ReadUInt64(), []),
            });
        }

        return fields;
    }
}
