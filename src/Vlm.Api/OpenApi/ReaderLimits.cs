using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;
using Vlm.Api.Contracts.Completions;
using Vlm.Api.Contracts.Embeddings;

namespace Vlm.Api.OpenApi;

/// <summary>What the readers of requests refuse and no attribute of a field says.</summary>
internal static class ReaderLimits
{
    /// <summary>Fields whose texts, alone or in a list, have a character or more.</summary>
    private static readonly HashSet<(Type, string)> FilledTexts =
    [
        (typeof(ChatRequest), "image"), (typeof(ChatRequest), "images"), (typeof(ChatRequest), "stop"), (typeof(ChatRequest), "choices"),
        (typeof(ImagePart), "image"), (typeof(MergePreviewRequest), "image"),
        (typeof(CompletionRequest), "stop"), (typeof(CompletionImage), "image_url"),
        (typeof(ImageUrl), "url"), (typeof(EmbeddingRequest), "input"),
    ];

    /// <summary>Fields whose lists have an item or more.</summary>
    private static readonly HashSet<(Type, string)> FilledLists =
    [
        (typeof(ChatRequest), "messages"), (typeof(CompletionRequest), "messages"),
    ];

    /// <summary>Adds the limits of a field to its schema.</summary>
    public static void Describe(OpenApiSchema schema, JsonPropertyInfo? field)
    {
        if (field is null)
        {
            return;
        }

        foreach (OpenApiSchema form in (schema.OneOf ?? []).OfType<OpenApiSchema>().Prepend(schema))
        {
            bool isText = form.Type?.HasFlag(JsonSchemaType.String) == true;
            OpenApiSchema? texts = isText ? form : form.Items is OpenApiSchema { Type: JsonSchemaType.String } items ? items : null;
            if (texts is not null && FilledTexts.Contains((field.DeclaringType, field.Name)))
            {
                texts.MinLength = 1;
            }

            if (form.Type?.HasFlag(JsonSchemaType.Array) == true)
            {
                form.MinItems = FilledLists.Contains((field.DeclaringType, field.Name)) ? 1 : form.MinItems;
                form.MaxItems = field.Name == "stop" ? ChatRequest.MaxStops : form.MaxItems;
            }
        }
    }
}
