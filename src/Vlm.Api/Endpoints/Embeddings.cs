using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Vlm.Api.Access;
using Vlm.Api.Contracts.Embeddings;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using Vlm.Core.Embedding;

namespace Vlm.Api.Endpoints;

/// <summary>POST /v1/embeddings: pictures in, one vector each out, in OpenAI's form.</summary>
internal static class Embeddings
{
    /// <summary>Maps the route.</summary>
    public static void MapEmbeddings(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/embeddings", EmbedAsync)
            .WithName("create_embedding")
            .WithTags("Embeddings")
            .WithSummary("Embed pictures")
            .WithDescription(
                "Pooled features of the vision tower: the mean of the visual tokens after merging, with length 1. No language model runs; "
                + "text is not embedded.")
            .Accepts<EmbeddingRequest>("application/json", "*/*") // any: the router's own 415 says neither expected nor found
            .Produces<EmbeddingList>()
            .ProducesOpenAiProblems(400, 404, 408, 413, 415, 422, 429, 500, 503);

    private static Task<Ok<EmbeddingList>> EmbedAsync(HttpContext http, Admission admission, EmbeddingRequestReader reader) =>
        admission.RunAsync(http, async (model, deadline) =>
        {
            EmbeddingCommand command = await reader.ReadAsync(http.Request, model.Engine.Model, deadline.Token);
            RequestFacts.Of(http).Sources = command.Sources;
            var pictures = await model.Embed(command.Input with { Tenant = KeyGate.NameOf(http) }, deadline.Token);
            command.Names.Keep();
            CheckLength(command.Dimensions, pictures[0].Values.Count);
            return TypedResults.Ok(Answer(pictures, command.Format, model.Engine.Model.Name));
        });

    private static void CheckLength(int? asked, int length)
    {
        if (asked is not null && asked != length)
        {
            throw new RequestException(FaultKind.Invalid, "dimensions", $"expected {length}, the length of a vector here, found {asked}.");
        }
    }

    private static EmbeddingList Answer(IReadOnlyList<PictureEmbedding> pictures, EmbeddingFormat format, string model)
    {
        int tokens = pictures.Sum(p => p.Image.Tokens);
        return new()
        {
            Data = [.. pictures.Select((p, i) => new EmbeddingEntry(i, Values(p.Values, format)))],
            Model = model,
            Usage = new(tokens, tokens, [.. pictures.Select(p => p.Image)]),
        };
    }

    private static JsonElement Values(IReadOnlyList<float> values, EmbeddingFormat format)
    {
        if (format == EmbeddingFormat.Float)
        {
            return JsonSerializer.SerializeToElement(values);
        }

        byte[] bytes = new byte[values.Count * sizeof(float)];
        for (int i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return JsonSerializer.SerializeToElement(Convert.ToBase64String(bytes));
    }
}
