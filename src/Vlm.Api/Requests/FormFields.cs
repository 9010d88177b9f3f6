using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Primitives;
using Vlm.Api.Contracts;

namespace Vlm.Api.Requests;

/// <summary>
/// A multipart form as the JSON object that it stands for, so that both are checked by the same code: text fields stay text,
/// lists are repeated fields or JSON, everything else is JSON.
/// </summary>
internal static class FormFields
{
    private static readonly string[] PictureFields = ["image", "images"];

    /// <summary>The text fields as one JSON object.</summary>
    /// <param name="form">The form.</param>
    /// <param name="contract">Type of the object, which says what a field's text means.</param>
    public static JsonDocument ToJson(IFormCollection form, JsonTypeInfo contract)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, StringValues values) in form)
            {
                Write(writer, name, values, contract.Properties.FirstOrDefault(p => p.Name == name)?.PropertyType);
            }

            writer.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray());
    }

    /// <summary>The uploaded files in their order; a file in a field that takes none is a fault.</summary>
    public static IReadOnlyList<IFormFile> Pictures(IFormCollection form, RequestFaults faults)
    {
        foreach (IFormFile stray in form.Files.Where(f => !PictureFields.Contains(f.Name)))
        {
            faults.Add(JsonScalars.Short(stray.Name), "unknown field for a file; expected image.");
        }

        return [.. form.Files.Where(f => PictureFields.Contains(f.Name))];
    }

    private static void Write(Utf8JsonWriter writer, string name, StringValues values, Type? type)
    {
        if (values is [""] && type is not null && name != "prompt")
        {
            return; // an input left empty in an HTML form; an unknown one is found by the binder
        }

        if (type is not null && IsTexts(type) && !(values.Count == 1 && IsJson(values[0], JsonValueKind.Array)))
        {
            writer.WritePropertyName(name);
            WriteTexts(writer, values, alwaysArray: !IsTextOr(type));
            return;
        }

        foreach (string? text in values)
        {
            WriteOne(writer, name, text ?? "", type); // a field given twice is found by the binder
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, StringValues values, bool alwaysArray)
    {
        if (values.Count == 1 && !alwaysArray)
        {
            writer.WriteStringValue(values[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (string? text in values)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter writer, string name, string text, Type? type)
    {
        type = type is null ? typeof(string) : Nullable.GetUnderlyingType(type) ?? type;
        bool isText = type == typeof(string) || type.IsEnum;
        writer.WritePropertyName(name);
        if (type == typeof(bool) && bool.TryParse(text, out bool truth)) // also as Python writes it: True
        {
            writer.WriteBooleanValue(truth);
        }
        else if (!isText && IsJson(text, IsTextOr(type) ? JsonValueKind.Object : null))
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static bool IsTextOr(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TextOr<>);

    private static bool IsTexts(Type type) =>
        type == typeof(IReadOnlyList<string>) || type == typeof(TextOr<IReadOnlyList<string>>);

    // A field's value stands one level deeper in the document that is made of the form.
    private const int MaxFieldDepth = 32;

    /// <summary>Whether the text is JSON (of that kind).</summary>
    private static bool IsJson(string? text, JsonValueKind? kind)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text ?? "", new JsonDocumentOptions { MaxDepth = MaxFieldDepth });
            return kind is null || parsed.RootElement.ValueKind == kind;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
