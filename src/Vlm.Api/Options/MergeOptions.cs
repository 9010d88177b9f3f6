using System.ComponentModel.DataAnnotations;
using Vlm.Merge;

namespace Vlm.Api.Options;

/// <summary>Section <c>Merge</c>: merging of visual tokens when a request does not choose, and what it may choose.</summary>
public sealed class MergeOptions : IValidatableObject
{
    /// <summary>Merging of requests that ask for none in particular: <c>none</c> or <c>METHOD[/PROFILE]:RATIO</c>.</summary>
    [Required]
    public string Default { get; set; } = "none";

    /// <summary>Methods that requests may choose, separated by commas; empty for all.</summary>
    public string AllowedMethods { get; set; } = "";

    /// <summary>The allowed methods in words.</summary>
    internal string AllowedText => AllowedMethods.Length == 0 ? "all" : string.Join(", ", Allowed);

    private string[] Allowed => AllowedMethods.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultFault() is { } fault)
        {
            yield return new ValidationResult(fault, [nameof(Default)]);
        }

        foreach (string unknown in Allowed.Except(TokenMergers.All.Select(m => m.Name)))
        {
            string known = string.Join(", ", TokenMergers.All.Select(m => m.Name));
            yield return new ValidationResult($"merge method: expected one of {known}, found '{unknown}'.", [nameof(AllowedMethods)]);
        }
    }

    /// <summary>Whether requests may choose this method.</summary>
    internal bool Allows(string method) => AllowedMethods.Length == 0 || Allowed.Contains(method);

    private string? DefaultFault()
    {
        try
        {
            string method = MergeSpec.Parse(Default).Method;
            return Allows(method) ? null : $"Default: expected one of AllowedMethods ({AllowedText}), found {method}.";
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            return wrong.Message;
        }
    }
}
