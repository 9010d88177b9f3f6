using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;

namespace Vlm.Api.OpenApi;

/// <summary>What the route table cannot say of POST /merge/preview: the form, examples.</summary>
internal sealed class PreviewOperation : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId != "preview_merge")
        {
            return;
        }

        OpenApiSchema request = await context.GetOrCreateSchemaAsync(typeof(MergePreviewRequest), null, cancellationToken);
        var bodies = operation.RequestBody!.Content!;
        bodies.Remove("*/*");
        bodies[MediaTypeNames.Application.Json].Example = Request(new JsonObject { ["method"] = "pitome", ["profile"] = "paper", ["image_tokens"] = 64 });
        bodies[MediaTypeNames.Multipart.FormData] = new() { Schema = Form(request), Example = Request("pitome/paper:0.9") };
        operation.Responses!["200"].Content![MediaTypeNames.Application.Json].Example = Answer();
    }

    private static JsonObject Request(JsonNode merge) => new() { ["image"] = ChatExamples.Picture, ["merge"] = merge };

    private static OpenApiSchema Form(OpenApiSchema request) => FormSchema.Of(request, except: "", ("image", new OpenApiSchema
    {
        Type = JsonSchemaType.String,
        Format = "binary",
        Description = "The picture file.",
    }));

    /// <summary>An answer for a tower of 4 patches and 2 layers, so that it can be read.</summary>
    private static JsonNode Answer() => JsonNode.Parse(
        """
        {
          "model": "scenes", "width": 8, "height": 8, "method": "pitome", "profile": "paper", "ratio": 0.75,
          "geometry": "pad", "grid": 2,
          "tokens_full": 4, "tokens": 2, "owner": [1, 1, 2, 1], "sizes": [0, 3, 1],
          "layers": [
            {"layer": 0, "tokens_before": 5, "tokens_after": 4, "owner": [2, 3, 1, 3], "energy": [0.21, 0.4, -0.3, 0.39]},
            {"layer": 1, "tokens_before": 4, "tokens_after": 3, "owner": [1, 1, 2, 1], "energy": [0.35, 0.42, -0.28, 0.42]}
          ],
          "timings": {"queue_ms": 0.1, "image_ms": 2.5, "encode_ms": 210, "total_ms": 213}
        }
        """)!;
}
