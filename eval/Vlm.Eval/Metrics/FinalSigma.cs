using System.Globalization;
using System.Text;

namespace Vlm.Eval.Metrics;

/// <summary>Where a capital sigma becomes ς: behind a cased letter and before none (Unicode's Final_Sigma, case-ignorable characters passed over).</summary>
internal static class FinalSigma
{
    public const char Capital = '\u03a3';
    public const char Lower = '\u03c2';

    /// <summary>What is case-ignorable besides the categories Mn, Me, Cf, Lm and Sk: signs inside words.</summary>
    private const string InsideWords = "'.:\u00b7\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a\u0387\u05f4\u055f";

    /// <summary>Whether the sigma at a place ends its word.</summary>
    public static bool At(ReadOnlySpan<char> text, int index) => EndsCased(text[..index]) && !StartsCased(text[(index + 1)..]);

    private static bool EndsCased(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(text, out Rune rune, out int length);
            if (!IsIgnorable(rune))
            {
                return IsCased(rune);
            }

            text = text[..^length];
        }

        return false;
    }

    private static bool StartsCased(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsIgnorable(rune))
            {
                return IsCased(rune);
            }
        }

        return false;
    }

    private static bool IsIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || (rune.IsBmp && InsideWords.Contains((char)rune.Value));

    /// <summary>Letters with case, ordinal indicators, Roman numerals, circled and squared letters.</summary>
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xaa or 0xba or (>= 0x2160 and <= 0x217f) or (>= 0x24b6 and <= 0x24e9)
            or (>= 0x1f130 and <= 0x1f149) or (>= 0x1f150 and <= 0x1f169) or (>= 0x1f170 and <= 0x1f189);
}
