using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;

namespace Vlm.Api.OpenApi;

/// <summary>What the route table cannot say of the routes for chat and embeddings: the form, the event stream, examples.</summary>
internal sealed class ChatOperation : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        switch (operation.OperationId)
        {
            case "chat":
                DescribeChat(operation, await context.GetOrCreateSchemaAsync(typeof(ChatRequest), null, cancellationToken));
                break;
            case "create_chat_completion":
                DescribeCompletion(operation);
                break;
            case "create_embedding":
                DescribeEmbedding(operation);
                break;
        }
    }

    private static void DescribeChat(OpenApiOperation operation, OpenApiSchema request)
    {
        var bodies = operation.RequestBody!.Content!;
        bodies.Remove("*/*");
        bodies[MediaTypeNames.Application.Json].Examples = ChatExamples.Json();
        bodies[MediaTypeNames.Multipart.FormData] = new() { Schema = Form(request), Examples = ChatExamples.Form() };

        var answers = operation.Responses!["200"].Content!;
        answers[MediaTypeNames.Application.Json].Example = ChatExamples.Answer();
        answers["text/event-stream"] = new()
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "With stream: server-sent events. token: a TokenPiece; done, last: the answer object; error, last: a Problem.",
            },
            Example = ChatExamples.Frames(),
        };
    }

    private static void DescribeEmbedding(OpenApiOperation operation)
    {
        operation.RequestBody!.Content!.Remove("*/*");
        operation.RequestBody.Content[MediaTypeNames.Application.Json].Example = new JsonObject { ["input"] = ChatExamples.Picture };
    }

    private static void DescribeCompletion(OpenApiOperation operation)
    {
        operation.RequestBody!.Content!.Remove("*/*");
        operation.RequestBody.Content[MediaTypeNames.Application.Json].Examples = ChatExamples.Completion();
        operation.Responses!["200"].Content!["text/event-stream"] = new()
        {
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "With stream: data frames without event names. A CompletionChunk each, then [DONE]; an OpenAiProblem, last, on error.",
            },
        };
    }

    /// <summary>The fields of the JSON body, with files for the pictures.</summary>
    private static OpenApiSchema Form(OpenApiSchema request) => FormSchema.Of(request, except: "images", ("image", new OpenApiSchema
    {
        Type = JsonSchemaType.Array,
        Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        Description = "Picture files: those of the prompt, or of the image parts without a picture in messages, in order.",
    }));
}
