using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Vlm.Api.Requests;

/// <summary>The validation attributes of contract fields in words.</summary>
internal static class FieldLimits
{
    /// <summary>What the attribute expected, and what was found.</summary>
    public static string Describe(ValidationAttribute limit, JsonElement found) => limit switch
    {
        RangeAttribute range => $"expected {Describe(range)}, found {JsonScalars.Describe(found)}.",
        LengthAttribute { MaximumLength: 0 } => string.Create(CultureInfo.InvariantCulture, $"expected no items, found {found.GetArrayLength()}."),
        LengthAttribute length => string.Create(
            CultureInfo.InvariantCulture,
            $"expected {length.MinimumLength} to {length.MaximumLength} items, found {found.GetArrayLength()}."),
        MinLengthAttribute => "expected text, found nothing.",
        RegularExpressionAttribute form => $"expected text like {form.Pattern}, found {JsonScalars.Describe(found)}.",
        _ => limit.FormatErrorMessage("value"),
    };

    private static string Describe(RangeAttribute range)
    {
        string least = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture)!;
        if (range.Minimum.Equals(range.Maximum))
        {
            return least;
        }

        string lower = range.MinimumIsExclusive ? $"more than {least}" : $"at least {least}";
        return range.Maximum is int.MaxValue
            ? lower
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(range.MinimumIsExclusive ? lower : least)} to {(range.MaximumIsExclusive ? "below " : "")}{range.Maximum}");
    }
}
