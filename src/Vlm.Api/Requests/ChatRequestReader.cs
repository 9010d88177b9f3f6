using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Access;
using Vlm.Api.Contracts;
using Vlm.Api.Fetching;
using Vlm.Api.Options;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Merge;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Requests;

/// <summary>A request that may go to the engine.</summary>
/// <param name="Input">What the chat service takes.</param>
/// <param name="Stream">Whether the answer goes out piece by piece.</param>
/// <param name="Sources">Where the request said what, for errors.</param>
/// <param name="Names">The names that it gives to pictures.</param>
internal sealed record ChatCommand(ChatInput Input, bool Stream, RequestSources Sources, PictureNames Names);

/// <summary>The fields that parts of a conversation came in.</summary>
/// <param name="Text">The field with the text: <c>prompt</c> or <c>messages</c>.</param>
/// <param name="Pictures">The field of each picture.</param>
/// <param name="MaxTokens">The field with the largest number of tokens.</param>
internal sealed record RequestSources(string Text, IReadOnlyList<string> Pictures, string MaxTokens = "max_tokens");

/// <summary>Reads and checks the body of POST /chat, whatever its form.</summary>
internal sealed class ChatRequestReader(
    IOptions<ImagesOptions> images,
    IOptions<ImageLimits> pictures,
    MergeReader merging,
    LoadPolicy load,
    PictureFetcher fetcher,
    NamedPictures named,
    IOptions<JsonOptions> json)
{
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is neither JSON nor a multipart form.</exception>
    public async Task<ChatCommand> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadAsync(http, _json.GetTypeInfo(typeof(ChatRequest)), faults, cancel);
        ChatRequest request = new JsonBinder(_json, faults).Bind<ChatRequest>(body.Json.RootElement);
        ConversationReader conversation = await ConversationAsync(http, request, faults, cancel);
        return Check(request, conversation.Read(request, body.Files), model, faults);
    }

    /// <summary>What reads the conversation of a request, whose pictures by URL are fetched.</summary>
    internal async Task<ConversationReader> ConversationAsync(
        HttpRequest http, ChatRequest request, RequestFaults faults, CancellationToken cancel, string pictureField = "image")
    {
        PictureReader reader = new(pictures.Value, faults, await FetchAsync(request, cancel));
        return new(reader, new(named, KeyGate.NameOf(http.HttpContext), faults), faults, pictureField);
    }

    private Task<IReadOnlyDictionary<string, FetchedPicture>> FetchAsync(ChatRequest request, CancellationToken cancel)
    {
        var parts = (request.Messages ?? []).SelectMany(turn => turn?.Content?.Value ?? []).OfType<ImagePart>();
        return fetcher.FetchAsync(
            [request.Image, .. request.Images ?? [], .. parts.Select(part => part.Image)], images.Value.MaxPerRequest, cancel);
    }

    /// <summary>What is common to every form of request: merging, limits, names.</summary>
    internal ChatCommand Check(
        ChatRequest request, Conversation conversation, ModelDescription model, RequestFaults faults, string maxTokens = "max_tokens")
    {
        MergeSpec? forLoad = request.Merge is null && conversation.Pictures.Count > 0 ? load.Merge() : null;
        MergeSpec merge = forLoad ?? merging.Read(request.Merge, model.MergeShape, faults);
        CheckPictures(conversation, faults);
        CheckTexts(request, faults);
        if (request.MaxTokens > model.ContextLength)
        {
            faults.Add(maxTokens, Invariant($"expected 1 to {model.ContextLength}, the model's context, found {request.MaxTokens}."));
        }

        faults.CheckModel(request.Model, model.Name);
        PictureReader.NoteNoPictures(conversation.PicturePaths, conversation.Pictures, pictures.Value, faults);
        faults.ThrowIfAny();
        RequestSources sources = new(request.Prompt is null ? "messages" : "prompt", conversation.PicturePaths, maxTokens);
        ChatInput input = ToInput(request, conversation, merge) with { MergedForLoad = forLoad is not null };
        return new(input, request.Stream, sources, conversation.Names);
    }

    private static ChatInput ToInput(ChatRequest request, Conversation conversation, MergeSpec merge) => new()
    {
        Messages = conversation.Messages,
        Images = conversation.Pictures,
        Merge = merge,
        Template = request.Template,
        Geometry = request.ImageGeometry,
        ApplyExif = request.ApplyExif,
        Choices = request.Choices,
        ReturnTokenIds = request.ReturnTokenIds,
        Sampling = new()
        {
            Temperature = request.Temperature,
            TopP = request.TopP,
            TopK = request.TopK,
            Seed = request.Seed,
            MaxTokens = request.MaxTokens,
            Stop = Texts(request.Stop),
            Logprobs = request.Logprobs,
        },
    };

    private void CheckPictures(Conversation conversation, RequestFaults faults)
    {
        if (conversation.Pictures.Count > images.Value.MaxPerRequest)
        {
            faults.Add("images", Invariant(
                $"expected at most {images.Value.MaxPerRequest} pictures in a request, found {conversation.Pictures.Count}."));
        }
    }

    private static void CheckTexts(ChatRequest request, RequestFaults faults)
    {
        string[] stops = [.. Texts(request.Stop)];
        if (stops.Length > ChatRequest.MaxStops)
        {
            faults.Add("stop", Invariant($"expected at most {ChatRequest.MaxStops} texts, found {stops.Length}."));
        }

        if (stops.Contains("") && !faults.Has("stop"))
        {
            faults.Add("stop", "expected texts of one character or more, found an empty one.");
        }

        if (request.Choices?.Contains("") == true && !faults.Has("choices"))
        {
            faults.Add("choices", "expected texts of one character or more, found an empty one.");
        }

        if (request.Prompt is { Length: 0 } && request.Image is null && request.Images is null or [])
        {
            faults.Add("prompt", "expected text, found nothing.");
        }
    }

    private static IReadOnlyList<string> Texts(TextOr<IReadOnlyList<string>>? stop) =>
        stop?.Text is { } text ? [text] : stop?.Value ?? [];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
