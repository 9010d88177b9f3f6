using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;
using Vlm.Api.Contracts.Completions;
using Vlm.Api.Contracts.Embeddings;

namespace Vlm.Api.OpenApi;

/// <summary>Schemas that the serializer's own description gets wrong.</summary>
internal sealed class ApiSchemas : IOpenApiSchemaTransformer
{
    private const string Discriminator = "type";

    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type).IsEnum)
        {
            DescribeNames(schema);
        }
        else if (type == typeof(ulong) || type == typeof(ulong?))
        {
            DescribeSeed(schema);
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TextOr<>))
        {
            DescribeEither(schema, await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken));
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            DescribeMembers(schema, context.JsonTypeInfo);
        }

        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
        {
            schema.Items ??= new OpenApiSchema(); // anything: the exporter leaves it out, and generators stumble
        }

        ReaderLimits.Describe(schema, context.JsonPropertyInfo);
    }

    /// <summary>The exporter lists the names only, with null among them where some field may be null.</summary>
    private static void DescribeNames(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = schema.Enum?.Where(name => name?.GetValueKind() == JsonValueKind.String).ToList();
    }

    /// <summary>Any whole number of 64 bits, with a sign or without.</summary>
    private static void DescribeSeed(OpenApiSchema schema)
    {
        schema.Format = "int64";
        schema.Minimum = long.MinValue.ToString(System.Globalization.CultureInfo.InvariantCulture);
        schema.Maximum = ulong.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void DescribeEither(OpenApiSchema schema, IOpenApiSchema longForm)
    {
        schema.Properties = null;
        schema.Required = null;
        schema.Type = null;
        schema.AdditionalPropertiesAllowed = true;
        schema.OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, longForm];
    }

    private static void DescribeMembers(OpenApiSchema schema, JsonTypeInfo info)
    {
        foreach (JsonPropertyInfo member in info.Properties.Where(p => schema.Properties?.ContainsKey(p.Name) == true))
        {
            DescribeMember(schema, member);
        }

        bool isPart = schema.Properties?.ContainsKey(Discriminator) == true && info.Properties.All(p => p.Name != Discriminator);
        if (isPart)
        {
            schema.Type = JsonSchemaType.Object;
            Require(schema, Discriminator);
        }
    }

    private static void DescribeMember(OpenApiSchema schema, JsonPropertyInfo member)
    {
        if (member.AttributeProvider is PropertyInfo property)
        {
            DescribePresence(schema, member, property);
        }

        string? description = schema.Properties![member.Name].Description;
        if (member.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), true) is [AllowedValuesAttribute allowed])
        {
            schema.Properties[member.Name] = new OpenApiSchema
            {
                Description = description,
                Type = JsonSchemaType.String,
                Enum = [.. allowed.Values.Select(value => JsonValue.Create((string)value!))],
            };
        }

        if (member.DeclaringType == typeof(CompletionRequest) && member.PropertyType == typeof(IReadOnlyDictionary<string, double>))
        {
            schema.Properties[member.Name] = Biases(schema.Properties[member.Name].Description);
        }

        if (member.DeclaringType == typeof(NamedSchema) && member.PropertyType == typeof(JsonElement))
        {
            schema.Properties[member.Name] = new OpenApiSchema { Description = description, Type = JsonSchemaType.Object | JsonSchemaType.Boolean };
        }

        if (member.DeclaringType == typeof(CompletionRequest) && member.PropertyType == typeof(JsonElement?))
        {
            schema.Properties[member.Name] = new OpenApiSchema(); // anything
        }

        if (member.DeclaringType == typeof(EmbeddingEntry) && member.PropertyType == typeof(JsonElement))
        {
            IOpenApiSchema[] forms = [Numbers(), new OpenApiSchema { Type = JsonSchemaType.String }];
            schema.Properties[member.Name] = new OpenApiSchema { Description = "Length 1: an array of numbers, or base64 of float32 where asked for.", OneOf = forms };
        }
    }

    /// <summary>A computed member is there in every answer; one that may be null is left out then, unless it says otherwise.</summary>
    private static void DescribePresence(OpenApiSchema schema, JsonPropertyInfo member, PropertyInfo property)
    {
        if (new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull)
        {
            if (member.Set is null)
            {
                Require(schema, member.Name);
            }
        }
        else if (!property.IsDefined(typeof(JsonIgnoreAttribute)))
        {
            schema.Required?.Remove(member.Name);
        }
    }

    private static void Require(OpenApiSchema schema, string name) => (schema.Required ??= new HashSet<string>()).Add(name);

    private static OpenApiSchema Biases(string? description)
    {
        OpenApiSchema bias = new() { Type = JsonSchemaType.Number, Minimum = $"{-CompletionRequest.MaxBias}", Maximum = $"{CompletionRequest.MaxBias}" };
        return new()
        {
            Description = description,
            Type = JsonSchemaType.Object,
            PatternProperties = new Dictionary<string, IOpenApiSchema> { ["^[0-9]+$"] = bias },
            AdditionalPropertiesAllowed = false,
        };
    }

    private static OpenApiSchema Numbers() => new()
    {
        Type = JsonSchemaType.Array,
        Items = new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" },
    };
}
