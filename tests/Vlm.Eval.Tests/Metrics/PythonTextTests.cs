using System.Globalization;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Tests.Metrics;

/// <summary>Python 3.11's own results.</summary>
public sealed class PythonTextTests
{
    [Theory]
    [InlineData("\u0391\u03a3", "\u03b1\u03c2")] // a sigma at the end of a word
    [InlineData("\u038c\u03a3\u039f\u03a3 \u03a3", "\u03cc\u03c3\u03bf\u03c2 \u03c3")]
    [InlineData("\u0391\u03a3\u03a3", "\u03b1\u03c3\u03c2")]
    [InlineData("\u0391\u03a3.", "\u03b1\u03c2.")]
    [InlineData("\u0391\u03a3.\u0392", "\u03b1\u03c3.\u03b2")] // a period inside a word is passed over
    [InlineData("\u0391\u03a3' \u0392", "\u03b1\u03c2' \u03b2")]
    [InlineData("A\u0301\u03a3", "a\u0301\u03c2")]
    [InlineData("\u0391\u03a3\u0301\u0392", "\u03b1\u03c3\u0301\u03b2")]
    [InlineData("\u2160\u03a3", "\u2170\u03c2")]
    [InlineData("\u24b6\u03a31", "\u24d0\u03c21")]
    [InlineData("\u02b0\u03a3", "\u02b0\u03c3")]
    [InlineData("\U00010400\u03a3", "\U00010428\u03c2")]
    [InlineData("\u03a3\U00010400", "\u03c3\U00010428")]
    [InlineData("\u0130I", "i\u0307i")]
    [InlineData("\u1e9e", "\u00df")]
    public void Lower_Text_EqualsPython(string text, string expected) => Assert.Equal(expected, PythonText.Lower(text));

    [Theory]
    [InlineData("\u0391\u03a3 \u03a3\u0391\u03a3", "\u0391\u03c2 \u03c3\u03b1\u03c2")]
    [InlineData("\u0130A", "\u0130a")]
    [InlineData("\u00e9A", "\u00c9a")]
    [InlineData("1Ab", "1ab")]
    [InlineData("", "")]
    public void Capitalize_Text_EqualsPython(string text, string expected) => Assert.Equal(expected, Prompts.Capitalize(text));

    [Theory]
    [InlineData("\uff11\uff10", "10")]
    [InlineData("\u0663.\u0665", "3.5")]
    [InlineData("\uff11_\uff10", "10")]
    [InlineData("\U0001d7cf", "1")]
    [InlineData(" \u00a07\u3000", "7")]
    [InlineData("7\u001f", null)] // str.strip() would take this one
    [InlineData("1__0", null)]
    [InlineData("1_", null)]
    [InlineData("_1", null)]
    [InlineData("1.", "1")]
    [InlineData(".", null)]
    [InlineData("-.5e-1", "-0.05")]
    [InlineData("+ 1", null)]
    [InlineData("1e", null)]
    [InlineData("0x10", null)]
    [InlineData("\u00bd", null)]
    [InlineData("1e400", "Infinity")]
    [InlineData("-Inf", "-Infinity")]
    [InlineData("+nan", "NaN")]
    public void Float_Text_EqualsPython(string text, string? expected) =>
        Assert.Equal(expected, PythonText.Float(text)?.ToString(CultureInfo.InvariantCulture));

    [Fact]
    public void StripAndSplit_EveryCharacter_KnowPythonsWhiteSpace()
    {
        const string spaces = "\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
        char[] all = [.. Enumerable.Range(0, 0x10000).Select(c => (char)c)];

        Assert.Equal(spaces, string.Concat(all.Where(c => PythonText.Strip($"{c}a{c}") == "a")));
        Assert.Equal(spaces, string.Concat(all.Where(c => PythonText.Split($"{c}a{c}{c}b").SequenceEqual(["a", "b"]))));
    }
}
