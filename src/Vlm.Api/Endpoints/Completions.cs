using Microsoft.Extensions.Options;
using Vlm.Api.Contracts.Completions;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Endpoints;

/// <summary>POST /v1/chat/completions: the same as POST /chat, in OpenAI's form.</summary>
internal static class Completions
{
    /// <summary>Maps the route.</summary>
    public static void MapCompletions(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", AnswerAsync)
            .WithName("create_chat_completion")
            .WithTags("Chat")
            .WithSummary("Ask about pictures, in OpenAI's form")
            .WithDescription(
                "OpenAI's chat completions with image_url parts, and merge, template and image_geometry as further fields. With stream "
                + "the answer comes as chunks, then [DONE]; after the first chunk an error is a chunk with the member error.")
            .Accepts<CompletionRequest>("application/json", "*/*") // any: the router's own 415 says neither expected nor found
            .Produces<Completion>()
            .ProducesOpenAiProblems(400, 404, 408, 413, 415, 422, 429, 500, 503);

    private static Task<IResult> AnswerAsync(
        HttpContext http, CompletionRequestReader reader, TimeProvider clock, IOptions<JsonOptions> json) =>
        Answering.RunAsync(http, async (model, cancel) =>
        {
            CompletionCommand command = await reader.ReadAsync(http.Request, model.Engine.Model, cancel);
            return (command.Chat, new CompletionFormat(
                command, model.Engine.Model.Name, clock.GetUtcNow(), json.Value.SerializerOptions));
        });
}
