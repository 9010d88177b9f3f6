using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vlm.Api.Contracts;

namespace Vlm.Api.Requests;

/// <summary>
/// Reads a JSON value into a contract record and notes every fault by its path: wrong types, unknown (where the type does not
/// skip them), repeated and missing fields, and what the fields' validation attributes refuse. The serializer itself would stop
/// at the first.
/// </summary>
internal sealed class JsonBinder(JsonSerializerOptions json, RequestFaults faults)
{
    /// <summary>Binds the body of a request.</summary>
    /// <returns>The record, with defaults where a field is wrong.</returns>
    /// <exception cref="RequestException">The body is no object.</exception>
    public T Bind<T>(JsonElement body)
        where T : class
    {
        _ = TryBind(body, typeof(T), "body", out object? bound);
        if (bound is null)
        {
            faults.ThrowIfAny();
        }

        return (T)bound!;
    }

    private bool TryBind(JsonElement value, Type type, string path, out object? bound)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(TextOr<>))
        {
            return TryBindTextOr(value, type, path, out bound);
        }

        if (JsonScalars.IsScalar(type))
        {
            return Noted(path, JsonScalars.Read(value, type, out bound));
        }

        JsonTypeInfo info = json.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => TryBindList(value, info.ElementType!, path, out bound),
            JsonTypeInfoKind.Dictionary => TryBindMap(value, info.ElementType!, path, out bound),
            _ => TryBindObject(value, info, path, out bound),
        };
    }

    private bool TryBindTextOr(JsonElement value, Type type, string path, out object? bound)
    {
        bound = Activator.CreateInstance(type);
        bool isText = value.ValueKind == JsonValueKind.String;
        bool isList = json.GetTypeInfo(type.GetGenericArguments()[0]).Kind == JsonTypeInfoKind.Enumerable;
        if (!isText && value.ValueKind != (isList ? JsonValueKind.Array : JsonValueKind.Object))
        {
            return Noted(path, $"expected a string or {(isList ? "an array" : "an object")}, found {JsonScalars.Describe(value)}.");
        }

        var target = type.GetProperty(isText ? nameof(TextOr<>.Text) : nameof(TextOr<>.Value))!;
        bool sound = TryBind(value, target.PropertyType, path, out object? inner);
        target.SetValue(bound, inner);
        return sound;
    }

    private bool TryBindList(JsonElement value, Type elementType, string path, out object? bound)
    {
        bound = null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            return Noted(path, $"expected an array, found {JsonScalars.Describe(value)}.");
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        bool sound = true;
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            sound &= TryBind(element, elementType, $"{path}[{index++}]", out object? item);
            list.Add(item ?? (elementType.IsValueType ? Activator.CreateInstance(elementType) : null)); // after a fault
        }

        bound = list;
        return sound;
    }

    private bool TryBindMap(JsonElement value, Type elementType, string path, out object? bound)
    {
        bound = null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Noted(path, $"expected an object, found {JsonScalars.Describe(value)}.");
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), elementType))!;
        bool sound = true;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            object? item = null;
            bool fits = TryName(member, path + ".", seen, out string name) && TryBind(member.Value, elementType, path + "." + name, out item);
            sound &= fits;
            if (fits)
            {
                map.Add(name, item);
            }
        }

        bound = map;
        return sound;
    }

    private bool TryBindObject(JsonElement value, JsonTypeInfo info, string path, out object? bound)
    {
        bound = null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Noted(path, $"expected an object, found {JsonScalars.Describe(value)}.");
        }

        string prefix = path == "body" ? "" : path + ".";
        string? discriminator = info.PolymorphismOptions?.TypeDiscriminatorPropertyName;
        if (discriminator is not null && !TryChooseType(value, ref info, prefix + discriminator))
        {
            return false;
        }

        bound = info.CreateObject!();
        return BindFields(value, info, prefix, discriminator, bound);
    }

    private bool TryChooseType(JsonElement value, ref JsonTypeInfo info, string path)
    {
        var derived = info.PolymorphismOptions!.DerivedTypes;
        string names = string.Join(", ", derived.Select(d => d.TypeDiscriminator));
        string field = info.PolymorphismOptions.TypeDiscriminatorPropertyName;
        JsonElement given = value.EnumerateObject().FirstOrDefault(f => JsonScalars.Name(f, out string n) && n == field).Value;
        if (given.ValueKind == JsonValueKind.Undefined)
        {
            return Noted(path, $"expected one of {names}, found nothing.");
        }

        string? name = given.ValueKind == JsonValueKind.String && JsonScalars.Text(given, out string? text) ? text : null;
        Type? chosen = derived.FirstOrDefault(d => name is not null && name.Equals(d.TypeDiscriminator)).DerivedType;
        if (chosen is null)
        {
            return Noted(path, $"expected one of {names}, found {JsonScalars.Describe(given)}.");
        }

        info = json.GetTypeInfo(chosen);
        return true;
    }

    private bool BindFields(JsonElement value, JsonTypeInfo info, string prefix, string? discriminator, object target)
    {
        bool sound = true;
        bool isTolerant = info.UnmappedMemberHandling == JsonUnmappedMemberHandling.Skip;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty field in value.EnumerateObject())
        {
            if (!TryName(field, prefix, seen, out string name))
            {
                sound = false;
            }
            else if (name != discriminator)
            {
                sound &= BindField(field.Value, info.Properties.FirstOrDefault(p => p.Name == name), prefix + name, isTolerant, target);
            }
        }

        foreach (JsonPropertyInfo missing in info.Properties.Where(p => p.IsRequired && !seen.Contains(p.Name)))
        {
            sound = Noted(prefix + missing.Name, "required, found nothing.");
        }

        return sound;
    }

    private bool TryName(JsonProperty field, string prefix, HashSet<string> seen, out string name) =>
        JsonScalars.Name(field, out name)
            ? seen.Add(name) || Noted(JsonScalars.Short(prefix + name), "expected once, found again.")
            : Noted(prefix + name, "expected a name in valid Unicode.");

    private bool BindField(JsonElement value, JsonPropertyInfo? property, string path, bool isTolerant, object target)
    {
        if (property?.Set is null)
        {
            return isTolerant || Noted(JsonScalars.Short(path), "unknown field.");
        }

        if (value.ValueKind == JsonValueKind.Null && !property.IsRequired)
        {
            return true; // as OpenAI's API has it: null is the same as absent
        }

        bool sound = TryBind(value, property.PropertyType, path, out object? bound);
        if (bound is null)
        {
            return sound;
        }

        // Also a value with faults inside is kept, so that the rules over several fields still see the rest of it.
        property.Set(target, bound);
        var checks = property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true) ?? [];
        return checks.Cast<ValidationAttribute>().All(c => c.IsValid(bound) || Noted(path, FieldLimits.Describe(c, value))) && sound;
    }

    private bool Noted(string path, string? fault)
    {
        if (fault is not null)
        {
            faults.Add(path, fault);
        }

        return fault is null;
    }
}
