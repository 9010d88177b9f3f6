using Microsoft.AspNetCore.Http.HttpResults;
using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using Vlm.Core.Preview;

namespace Vlm.Api.Endpoints;

/// <summary>POST /merge/preview: a picture in, what merging does to its patches out.</summary>
internal static class MergePreviews
{
    /// <summary>Maps the route.</summary>
    public static void MapMergePreview(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/merge/preview", PreviewAsync)
            .WithName("preview_merge")
            .WithTags("Merging")
            .WithSummary("See what merging does to a picture")
            .WithDescription(
                "Runs the vision tower alone, no language model: token counts and the owner of every patch per layer, energies where "
                + "the method has them. As JSON or as a multipart form.")
            .Accepts<MergePreviewRequest>("application/json", "*/*") // any: the router's own 415 says neither expected nor found
            .Produces<MergePreview>()
            .ProducesProblems(400, 404, 408, 413, 415, 422, 429, 500, 503);

    private static Task<Ok<MergePreview>> PreviewAsync(HttpContext http, Admission admission, PreviewRequestReader reader) =>
        admission.RunAsync(http, async (model, deadline) =>
        {
            PreviewCommand command = await reader.ReadAsync(http.Request, model.Engine.Model, deadline.Token);
            MergePreview preview = await model.Preview(command.Input, deadline.Token);
            command.Names.Keep();
            return TypedResults.Ok(preview);
        });
}
