using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Requests;

namespace Vlm.Api.OpenApi;

/// <summary>Documents the headers by which a client says how urgent a request is.</summary>
internal sealed class HeaderParameters : IOpenApiOperationTransformer
{
    private static readonly HashSet<string> Answering = ["chat", "create_chat_completion"];
    private static readonly HashSet<string> Timed = [.. Answering, "create_embedding", "preview_merge"];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        string id = operation.OperationId ?? "";
        if (Timed.Contains(id))
        {
            Add(operation, RequestHeaders.Timeout, "Seconds that the client waits at most; 408 after them.", new()
            {
                Type = JsonSchemaType.Number,
                ExclusiveMinimum = "0",
            });
        }

        if (Answering.Contains(id))
        {
            Add(operation, RequestHeaders.Priority, "Interactive requests run before those of a batch.", new()
            {
                Type = JsonSchemaType.String,
                Enum = ["interactive", "batch"],
                Default = "interactive",
            });
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiOperation operation, string name, string description, OpenApiSchema schema) =>
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = schema,
        });
}
