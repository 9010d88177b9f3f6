using Microsoft.OpenApi;

namespace Vlm.Api.OpenApi;

/// <summary>A multipart form for the fields of a JSON body: texts, numbers and files only, as generators of clients know them.</summary>
internal static class FormSchema
{
    /// <summary>The form.</summary>
    /// <param name="request">Schema of the JSON body.</param>
    /// <param name="except">A field that the form does not have.</param>
    /// <param name="file">The field of the files.</param>
    public static OpenApiSchema Of(OpenApiSchema request, string except, (string Name, OpenApiSchema Schema) file)
    {
        var fields = request.Properties!.Where(p => p.Key != except).ToDictionary(p => p.Key, p => Plain(p.Value));
        fields[file.Name] = file.Schema;
        return new() { Type = JsonSchemaType.Object, Properties = fields, AdditionalPropertiesAllowed = false };
    }

    /// <summary>A text or texts stay texts, anything nested is its JSON as text.</summary>
    private static IOpenApiSchema Plain(IOpenApiSchema field)
    {
        if ((field.OneOf ?? []).Prepend(field).FirstOrDefault(IsTexts) is { } texts)
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = texts.Items!.MinLength },
                Description = field.Description,
                MinItems = texts.MinItems,
                MaxItems = texts.MaxItems,
            };
        }

        bool isNested = field.OneOf is { Count: > 0 } || field.Type?.HasFlag(JsonSchemaType.Array) == true;
        return isNested
            ? new OpenApiSchema { Type = JsonSchemaType.String, Description = field.Description + " Here as text; an object or array as JSON." }
            : NotNull(field);
    }

    /// <summary>A form has no null: a field is there or not.</summary>
    private static IOpenApiSchema NotNull(IOpenApiSchema field)
    {
        if (field is not OpenApiSchema { Type: { } type })
        {
            return field;
        }

        var copy = (OpenApiSchema)field.CreateShallowCopy();
        copy.Type = type & ~JsonSchemaType.Null;
        return copy;
    }

    private static bool IsTexts(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Array) == true && schema.Items?.Type?.HasFlag(JsonSchemaType.String) == true;
}
