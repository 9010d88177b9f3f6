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

    /// <summary>Merging of requests that ask for none in particular while more than <see cref="UnderLoadQueue"/> requests wait, so that
    /// they take less work; empty for the same as ever. Answers say when it was used.</summary>
    public string UnderLoad { get; set; } = "";

    /// <summary>Waiting requests above which <see cref="UnderLoad"/> counts.</summary>
    [Range(0, 100_000)]
    public int UnderLoadQueue { get; set; } = 4;

    /// <summary>The allowed methods in words.</summary>
    internal string AllowedText => AllowedMethods.Length == 0 ? "all" : string.Join(", ", Allowed);

    private string[] Allowed => AllowedMethods.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fault(nameof(Default), Default) is { } fault)
        {
            yield return new ValidationResult(fault, [nameof(Default)]);
        }

        if (UnderLoad.Length > 0 && Fault(nameof(UnderLoad), UnderLoad) is { } loadFault)
        {
            yield return new ValidationResult(loadFault, [nameof(UnderLoad)]);
        }

        foreach (string unknown in Allowed.Except(TokenMergers.All.Select(m => m.Name)))
        {
            string known = string.Join(", ", TokenMergers.All.Select(m => m.Name));
            yield return new ValidationResult($"merge method: expected one of {known}, found '{unknown}'.", [nameof(AllowedMethods)]);
        }
    }

    /// <summary>Whether requests may choose this method.</summary>
    internal bool Allows(string method) => AllowedMethods.Length == 0 || Allowed.Contains(method);

    private string? Fault(string option, string spec)
    {
        try
        {
            string method = MergeSpec.Parse(spec).Method;
            return Allows(method) ? null : $"{option}: expected one of AllowedMethods ({AllowedText}), found {method}.";
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            return wrong.Message;
        }
    }
}
