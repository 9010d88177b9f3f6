using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Access;
using Vlm.Api.Contracts;
using Vlm.Api.Fetching;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Merge;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Requests;

/// <summary>A preview that may go to the engine.</summary>
/// <param name="Input">What the previewer takes.</param>
/// <param name="Names">The name that it gives to the picture.</param>
internal sealed record PreviewCommand(PreviewInput Input, PictureNames Names);

/// <summary>Reads and checks the body of POST /merge/preview, whatever its form.</summary>
internal sealed class PreviewRequestReader(
    IOptions<ImageLimits> pictures, MergeReader merging, PictureFetcher fetcher, NamedPictures named, IOptions<JsonOptions> json)
{
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is neither JSON nor a multipart form.</exception>
    public async Task<PreviewCommand> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadAsync(http, _json.GetTypeInfo(typeof(MergePreviewRequest)), faults, cancel);
        MergePreviewRequest request = new JsonBinder(_json, faults).Bind<MergePreviewRequest>(body.Json.RootElement);
        PictureReader reader = new(pictures.Value, faults, await fetcher.FetchAsync([request.Image], most: 1, cancel));
        PictureNames names = new(named, KeyGate.NameOf(http.HttpContext), faults);
        byte[] image = ReadImage(request, body.Files, reader, names, faults);
        MergeSpec merge = merging.Read(request.Merge, model.MergeShape, faults);
        faults.CheckModel(request.Model, model.Name);
        PictureReader.NoteNoPictures(["image"], [image], pictures.Value, faults);
        faults.ThrowIfAny();
        return new(new() { Image = image, Merge = merge, Geometry = request.ImageGeometry, ApplyExif = request.ApplyExif }, names);
    }

    private static byte[] ReadImage(
        MergePreviewRequest request, IReadOnlyList<IFormFile> files, PictureReader reader, PictureNames names, RequestFaults faults)
    {
        int found = files.Count + (request.Image is null ? 0 : 1);
        if (found == 0 && request.ImageId is { } known)
        {
            return names.Find(known, "image_id");
        }

        if (found != 1 && !faults.Has("image"))
        {
            faults.Add("image", string.Create(CultureInfo.InvariantCulture, $"expected one picture, found {found}."));
        }

        byte[] image = found != 1 ? [] : request.Image is { } source ? reader.Read(source, "image") : reader.Read(files[0], "image");
        return names.Give(request.ImageId, image, "image_id");
    }
}
