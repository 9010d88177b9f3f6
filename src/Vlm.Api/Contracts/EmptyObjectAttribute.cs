using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Vlm.Api.Contracts;

/// <summary>Takes an object without members only: for a field whose members this server could not honour.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyObjectAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is JsonElement { ValueKind: JsonValueKind.Object } found && !found.EnumerateObject().Any();
}
