using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Access;
using Vlm.Api.Contracts;
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
/// <param name="Dimensions">Length of the vectors that is asked for; null for theirs.</param>
/// <param name="Sources">Where the request said what, for errors.</param>
/// <param name="Names">The names that it gives to pictures.</param>
internal sealed record EmbeddingCommand(EmbedInput Input, EmbeddingFormat Format, int? Dimensions, RequestSources Sources, PictureNames Names);

/// <summary>Reads and checks the body of POST /v1/embeddings.</summary>
internal sealed class EmbeddingRequestReader(
    IOptions<ImagesOptions> images,
    IOptions<ImageLimits> pictures,
    MergeReader merging,
    PictureFetcher fetcher,
    NamedPictures named,
    IOptions<JsonOptions> json)
{
    private const string InputField = "input", IdField = "image_id";

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is no JSON.</exception>
    public async Task<EmbeddingCommand> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadJsonAsync(http, cancel);
        EmbeddingRequest request = new JsonBinder(_json, faults).Bind<EmbeddingRequest>(body.Json.RootElement);
        (string Path, string? Source)[] sources = [.. Sources(request.Input)];
        var fetched = await fetcher.FetchAsync(sources.Select(s => s.Source), images.Value.MaxPerRequest, cancel);
        PictureReader reader = new(pictures.Value, faults, fetched);
        PictureNames names = new(named, KeyGate.NameOf(http.HttpContext), faults);
        CheckCount(request, sources.Length, faults);
        (string Path, byte[] File)[] read = sources.Length == 0 && request.ImageId is { } known
            ? [(IdField, names.Find(known, IdField))]
            : [.. sources.Select(s => (s.Path, s.Source is null ? [] : names.Give(request.ImageId, reader.Read(s.Source, s.Path), IdField)))];
        EmbedInput input = new([.. read.Select(r => r.File)], merging.Read(request.Merge, model.MergeShape, faults), request.ImageGeometry);
        faults.CheckModel(request.Model, model.Name);
        PictureReader.NoteNoPictures([.. read.Select(r => r.Path)], input.Images, pictures.Value, faults);
        faults.ThrowIfAny();
        return new(input, request.EncodingFormat, request.Dimensions, new(InputField, [.. read.Select(r => r.Path)]), names);
    }

    private static IEnumerable<(string Path, string? Source)> Sources(TextOr<IReadOnlyList<string>>? input) => input is { Text: { } one }
        ? [(InputField, one)]
        : (input?.Value ?? []).Select((source, i) => (string.Create(CultureInfo.InvariantCulture, $"{InputField}[{i}]"), (string?)source));

    private void CheckCount(EmbeddingRequest request, int count, RequestFaults faults)
    {
        int most = images.Value.MaxPerRequest;
        if ((count > most || (count == 0 && request.ImageId is null)) && !faults.Has(InputField))
        {
            faults.Add(InputField, string.Create(CultureInfo.InvariantCulture, $"expected 1 to {most} pictures, found {count}."));
        }

        if (count > 1 && request.ImageId is not null)
        {
            faults.Add(IdField, string.Create(CultureInfo.InvariantCulture, $"expected one picture to name, found {count}."));
        }
    }
}
