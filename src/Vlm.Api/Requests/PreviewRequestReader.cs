using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.Fetching;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Merge;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Requests;

/// <summary>Reads and checks the body of POST /merge/preview, whatever its form.</summary>
internal sealed class PreviewRequestReader(IOptions<ImageLimits> pictures, MergeReader merging, PictureFetcher fetcher, IOptions<JsonOptions> json)
{
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is neither JSON nor a multipart form.</exception>
    /// <exception cref="ModelNotFoundException">It names another model.</exception>
    public async Task<PreviewInput> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadAsync(http, _json.GetTypeInfo(typeof(MergePreviewRequest)), faults, cancel);
        MergePreviewRequest request = new JsonBinder(_json, faults).Bind<MergePreviewRequest>(body.Json.RootElement);
        PictureReader reader = new(pictures.Value, faults, await fetcher.FetchAsync([request.Image], most: 1, cancel));
        byte[] image = ReadImage(request.Image, body.Files, reader, faults);
        MergeSpec merge = merging.Read(request.Merge, model.MergeShape, faults);
        faults.ThrowIfAny();
        return request.Model is null || request.Model == model.Name
            ? new() { Image = image, Merge = merge, Geometry = request.ImageGeometry, ApplyExif = request.ApplyExif }
            : throw new ModelNotFoundException(request.Model, model.Name);
    }

    private static byte[] ReadImage(string? source, IReadOnlyList<IFormFile> files, PictureReader reader, RequestFaults faults)
    {
        int found = files.Count + (source is null ? 0 : 1);
        if (found != 1 && !faults.Has("image"))
        {
            faults.Add("image", string.Create(CultureInfo.InvariantCulture, $"expected one picture, found {found}."));
        }

        return found != 1 ? [] : source is null ? reader.Read(files[0], "image") : reader.Read(source, "image");
    }
}
