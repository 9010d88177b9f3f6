using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Vlm.Api.Requests;

/// <summary>What came in: one JSON object, whatever the media type, and the uploaded files.</summary>
/// <param name="Json">The fields.</param>
/// <param name="Files">The uploaded pictures in their order; empty for a JSON body.</param>
internal sealed record RequestBody(JsonDocument Json, IReadOnlyList<IFormFile> Files) : IDisposable
{
    private const int MaxDepth = 32;

    public void Dispose() => Json.Dispose();

    /// <summary>Reads the body of a request, within the server's limit of size.</summary>
    /// <param name="request">The request.</param>
    /// <param name="contract">Type of the body, which says what a form field's text means.</param>
    /// <param name="faults">Takes faults of single fields.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="UnsupportedMediaException">Neither JSON in UTF-8 nor a multipart form, or a compressed body.</exception>
    /// <exception cref="RequestException">Malformed JSON, a malformed form, or a length over the limit.</exception>
    /// <exception cref="BadHttpRequestException">A body without a length is over the limit, or it ends early.</exception>
    /// <exception cref="BodiesFullException">All bodies together are too large.</exception>
    public static Task<RequestBody> ReadAsync(
        HttpRequest request, JsonTypeInfo contract, RequestFaults faults, CancellationToken cancel)
    {
        CheckHead(request);
        BodyMemory.Watch(request);
        MediaTypeHeaderValue? type = TypeOf(request);
        if (IsJson(request, type))
        {
            return ReadJsonAsync(request.Body, cancel);
        }

        return type?.MediaType.Equals(MediaTypeNames.Multipart.FormData, StringComparison.OrdinalIgnoreCase) == true
            ? ReadFormAsync(request, contract, faults, cancel)
            : throw new UnsupportedMediaException(
                HeaderNames.ContentType, $"expected application/json in UTF-8 or multipart/form-data, found {Named(request.ContentType)}.");
    }

    /// <summary>Reads a body that can only be JSON.</summary>
    /// <exception cref="UnsupportedMediaException">No JSON in UTF-8, or a compressed body.</exception>
    /// <exception cref="RequestException">Malformed JSON, or a length over the limit.</exception>
    /// <exception cref="BadHttpRequestException">A body without a length is over the limit, or it ends early.</exception>
    /// <exception cref="BodiesFullException">All bodies together are too large.</exception>
    public static Task<RequestBody> ReadJsonAsync(HttpRequest request, CancellationToken cancel)
    {
        CheckHead(request);
        BodyMemory.Watch(request);
        return IsJson(request, TypeOf(request))
            ? ReadJsonAsync(request.Body, cancel)
            : throw new UnsupportedMediaException(
                HeaderNames.ContentType, $"expected application/json in UTF-8, found {Named(request.ContentType)}.");
    }

    private static void CheckHead(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new UnsupportedMediaException(HeaderNames.ContentEncoding, $"expected none, found {JsonScalars.Short(encoding)}.");
        }

        // The server's own check comes with the end of the connection; here the client may finish and read the answer.
        long? most = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        if (request.ContentLength > most)
        {
            throw new RequestException(FaultKind.TooLarge, "body", string.Create(
                CultureInfo.InvariantCulture, $"expected at most {most} bytes, found {request.ContentLength}."));
        }
    }

    private static MediaTypeHeaderValue? TypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? type : null;

    private static bool IsJson(HttpRequest request, MediaTypeHeaderValue? type) =>
        request.HasJsonContentType() && (type!.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<RequestBody> ReadJsonAsync(Stream body, CancellationToken cancel)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth };
            return new RequestBody(await JsonDocument.ParseAsync(body, options, cancel), []);
        }
        catch (JsonException malformed)
        {
            throw new RequestException(FaultKind.Invalid, "body", Describe(malformed));
        }
    }

    private static async Task<RequestBody> ReadFormAsync(
        HttpRequest request, JsonTypeInfo contract, RequestFaults faults, CancellationToken cancel)
    {
        // The server bounds the whole body; within it, a field may be long and nothing goes to a temporary file.
        var options = new FormOptions
        {
            MultipartBodyLengthLimit = long.MaxValue,
            ValueLengthLimit = int.MaxValue,
            MemoryBufferThreshold = int.MaxValue,
        };
        try
        {
            IFormCollection form = await request.ReadFormAsync(options, cancel);
            return new RequestBody(FormFields.ToJson(form, contract), FormFields.Pictures(form, faults));
        }
        catch (Exception malformed) when (malformed is InvalidDataException
            || (malformed is IOException and not BadHttpRequestException && !cancel.IsCancellationRequested))
        {
            throw new RequestException(FaultKind.Invalid, "body", $"expected multipart/form-data, found: {malformed.Message}");
        }
    }

    private static string Describe(JsonException malformed)
    {
        // The serializer counts from 0 and appends its position to the text; people count from 1.
        string reason = malformed.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"expected JSON, found at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}: {reason}");
    }

    private static string Named(string? contentType) => string.IsNullOrEmpty(contentType) ? "none" : JsonScalars.Short(contentType);
}
