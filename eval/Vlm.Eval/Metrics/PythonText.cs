using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vlm.Eval.Metrics;

/// <summary>Python's text functions where .NET's differ, since the official scorers are Python.</summary>
internal static partial class PythonText
{
    /// <summary>Characters whose upper case has two, and three, characters (Unicode SpecialCasing).</summary>
    private const string UpperTwo =
        "\u00df\u0149\u01f0\u0587\u1e96\u1e97\u1e98\u1e99\u1e9a\u1f50\u1f80\u1f81\u1f82\u1f83\u1f84\u1f85\u1f86\u1f87\u1f88\u1f89" +
        "\u1f8a\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f\u1f90\u1f91\u1f92\u1f93\u1f94\u1f95\u1f96\u1f97\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d" +
        "\u1f9e\u1f9f\u1fa0\u1fa1\u1fa2\u1fa3\u1fa4\u1fa5\u1fa6\u1fa7\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1faf\u1fb2\u1fb3" +
        "\u1fb4\u1fb6\u1fbc\u1fc2\u1fc3\u1fc4\u1fc6\u1fcc\u1fd6\u1fe4\u1fe6\u1ff2\u1ff3\u1ff4\u1ff6\u1ffc\ufb00\ufb01\ufb02\ufb05" +
        "\ufb06\ufb13\ufb14\ufb15\ufb16\ufb17";

    private const string UpperThree =
        "\u0390\u03b0\u1f52\u1f54\u1f56\u1fb7\u1fc7\u1fd2\u1fd3\u1fd7\u1fe2\u1fe3\u1fe7\u1ff7\ufb03\ufb04";

    /// <summary><c>str.strip()</c>.</summary>
    public static string Strip(string text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary><c>str.split()</c>: at runs of white space, no empty parts.</summary>
    public static string[] Split(string text)
    {
        List<string> words = [];
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || IsSpace(text[i]))
            {
                if (i > start)
                {
                    words.Add(text[start..i]);
                }

                start = i + 1;
            }
        }

        return [.. words];
    }

    /// <summary><c>str.lower()</c>.</summary>
    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant(); // keeps every place
        IEnumerable<char> mended = lower.Select((c, i) => text[i] == FinalSigma.Capital && FinalSigma.At(text, i) ? FinalSigma.Lower : c);
        return (text.Contains(FinalSigma.Capital) ? string.Concat(mended) : lower).Replace("\u0130", "i\u0307", StringComparison.Ordinal);
    }

    /// <summary><c>len(text)</c>: code points.</summary>
    public static int Length(string text) => text.Length - text.Count(char.IsLowSurrogate);

    /// <summary><c>text[:count]</c>.</summary>
    public static string Prefix(string text, int count) =>
        string.Concat(text.EnumerateRunes().Take(count).Select(rune => rune.ToString()));

    /// <summary><c>len(text.upper())</c>.</summary>
    public static int UpperLength(string text) =>
        Length(text) + text.Sum(c => UpperTwo.Contains(c) ? 1 : UpperThree.Contains(c) ? 2 : 0);

    /// <summary><c>float(text)</c>, decimal digits of any script; null where Python raises.</summary>
    public static double? Float(string text)
    {
        string trimmed = string.Concat(text.EnumerateRunes().Select(Ascii)).Trim(' ', '\t', '\n', '\v', '\f', '\r');
        return Lower(trimmed).TrimStart('+', '-') switch
        {
            _ when Number().IsMatch(trimmed) =>
                double.Parse(trimmed.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture),
            "inf" or "infinity" when Special().IsMatch(trimmed) => trimmed[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "nan" when Special().IsMatch(trimmed) => double.NaN,
            _ => null,
        };
    }

    private static string Ascii(Rune rune) =>
        rune.IsAscii ? rune.ToString()
        : Rune.IsWhiteSpace(rune) ? " "
        : Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber ? $"{(int)Rune.GetNumericValue(rune)}"
        : "?";

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    [GeneratedRegex(@"^[+-]?([0-9](_?[0-9])*(\.([0-9](_?[0-9])*)?)?|\.[0-9](_?[0-9])*)([eE][+-]?[0-9](_?[0-9])*)?\z")]
    private static partial Regex Number();

    [GeneratedRegex("^[+-]?[a-zA-Z]+\\z")]
    private static partial Regex Special();
}
