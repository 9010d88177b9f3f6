using System.Text.RegularExpressions;

namespace Vlm.Eval.Golden;

/// <summary>Names of checks by a pattern in which <c>*</c> stands for any text and <c>?</c> for one character.</summary>
internal sealed class Glob(string? pattern)
{
    private readonly Regex? _regex = pattern is null
        ? null
        : new Regex("^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
            RegexOptions.CultureInvariant);

    /// <summary>True when there is no pattern, or it covers the whole name.</summary>
    public bool Matches(string name) => _regex?.IsMatch(name) ?? true;
}
