using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Vlm.Api.OpenApi;

/// <summary>Says of every field that a request may leave out that it may also be null, as the reader of requests has it.</summary>
internal sealed class NullIsAbsent : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        HashSet<OpenApiSchema> seen = [];
        foreach (IOpenApiSchema body in document.Paths.Values.SelectMany(p => p.Operations!.Values)
            .Select(o => o.RequestBody?.Content?["application/json"].Schema).OfType<IOpenApiSchema>())
        {
            Visit(body, seen);
        }

        return Task.CompletedTask;
    }

    private static void Visit(IOpenApiSchema schema, HashSet<OpenApiSchema> seen)
    {
        if (Target(schema) is not { } target || !seen.Add(target))
        {
            return;
        }

        foreach (IOpenApiSchema inner in Inner(target).ToList())
        {
            Visit(inner, seen);
        }

        foreach ((string name, IOpenApiSchema field) in target.Properties?.ToList() ?? [])
        {
            if (target.Required?.Contains(name) != true)
            {
                target.Properties![name] = OrNull(field);
            }
        }
    }

    private static OpenApiSchema? Target(IOpenApiSchema schema) =>
        schema as OpenApiSchema ?? (schema as OpenApiSchemaReference)?.RecursiveTarget as OpenApiSchema;

    private static IEnumerable<IOpenApiSchema> Inner(OpenApiSchema schema) =>
        [.. schema.Properties?.Values ?? [], .. schema.OneOf ?? [], .. schema.AnyOf ?? [], .. schema.Items is { } items ? [items] : Array.Empty<IOpenApiSchema>()];

    private static OpenApiSchema OrNull(IOpenApiSchema field)
    {
        OpenApiSchema nothing = new() { Type = JsonSchemaType.Null };
        if (field is OpenApiSchemaReference named)
        {
            return new OpenApiSchema { Description = named.Description, Default = named.Default, OneOf = [nothing, named] };
        }

        var plain = (OpenApiSchema)field;
        if (plain.Type is { } type)
        {
            plain.Type = type | JsonSchemaType.Null;
        }
        else if (plain.OneOf?.All(s => s.Type != JsonSchemaType.Null) == true)
        {
            plain.OneOf.Insert(0, nothing);
        }

        return plain;
    }
}
