using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Contracts.Embeddings;
using Vlm.Api.Fetching;
using Vlm.Api.Options;
using Vlm.Core.Embedding;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Requests;

/// <summary>Pictures to embed, with how to answer.</summary>
/// <param name="Input">What the embedder takes.</param>
/// <param name="Format">How numbers are sent.</param>
/// <param name="Sources">Where the request said what, for errors.</param>
internal sealed record EmbeddingCommand(EmbedInput Input, EmbeddingFormat Format, RequestSources Sources);

/// <summary>Reads and checks the body of POST /v1/embeddings.</summary>
internal sealed class EmbeddingRequestReader(
    IOptions<ImagesOptions> images,
    IOptions<ImageLimits> pictures,
    MergeReader merging,
    PictureFetcher fetcher,
    IOptions<JsonOptions> json)
{
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is no JSON.</exception>
    /// <exception cref="ModelNotFoundException">It names another model.</exception>
    public async Task<EmbeddingCommand> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadJsonAsync(http, cancel);
        EmbeddingRequest request = new JsonBinder(_json, faults).Bind<EmbeddingRequest>(body.Json.RootElement);
        bool isOne = request.Input?.Text is not null;
        IReadOnlyList<string> sources = request.Input is { Text: { } one } ? [one] : request.Input?.Value ?? [];
        string[] paths = [.. sources.Select((_, i) => isOne ? "input" : string.Create(CultureInfo.InvariantCulture, $"input[{i}]"))];
        int most = images.Value.MaxPerRequest;
        if ((sources.Count == 0 || sources.Count > most) && !faults.Has("input"))
        {
            faults.Add("input", string.Create(CultureInfo.InvariantCulture, $"expected 1 to {most} pictures, found {sources.Count}."));
        }

        PictureReader reader = new(pictures.Value, faults, await fetcher.FetchAsync(sources, most, cancel));
        byte[][] read = [.. sources.Zip(paths, (source, path) => source is null ? [] : reader.Read(source, path))];
        EmbedInput input = new(read, merging.Read(request.Merge, model.MergeShape, faults), request.ImageGeometry);
        faults.ThrowIfAny();
        return request.Model is null || request.Model == model.Name
            ? new(input, request.EncodingFormat, new("input", paths))
            : throw new ModelNotFoundException(request.Model, model.Name);
    }
}
