using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;

namespace Vlm.Api.OpenApi;

/// <summary>Schemas that the serializer's own description gets wrong.</summary>
internal sealed class ApiSchemas : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type type = context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String; // the exporter lists the names only
        }

        if (type == typeof(ulong) || type == typeof(ulong?))
        {
            schema.Format = "int64"; // negative numbers count as well
            schema.Minimum = null;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TextOr<>))
        {
            schema.Properties = null;
            schema.Required = null;
            schema.Type = null;
            schema.AdditionalPropertiesAllowed = true;
            schema.OneOf =
            [
                new OpenApiSchema { Type = JsonSchemaType.String },
                await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken),
            ];
        }
    }
}
